using System.Collections.Immutable;

namespace BpfConformance.Loading.Btf;

/// <summary>
/// One type. Others name it by its id: its index among the types, where 0 is <c>void</c>. Sizes and offsets are bytes
/// where the name does not say bits.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Empty: it has none.</param>
public abstract record BtfType(BtfKind Kind, string Name);

/// <summary><c>void</c>, the type with id 0; no blob holds it.</summary>
public sealed record BtfVoid() : BtfType(BtfKind.Unknown, string.Empty);

/// <summary>An integer.</summary>
/// <param name="Name">As C spells it.</param>
/// <param name="Bytes">1 to 16.</param>
/// <param name="Encoding">How it is shown.</param>
/// <param name="OffsetBits">Where its bits begin in the bytes; 0 in everything that compilers write today.</param>
/// <param name="Bits">How many of the bits count.</param>
public sealed record BtfInt(string Name, uint Bytes, BtfIntEncoding Encoding, byte OffsetBits, byte Bits) : BtfType(BtfKind.Int, Name);

/// <summary>A pointer, typedef, volatile, const, restrict or type tag.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Name">Of a typedef or type tag; empty for the others.</param>
/// <param name="TypeId">What it refers to.</param>
/// <param name="IsAttribute">Of a type tag: it stands for a whole attribute (6.15).</param>
public sealed record BtfReference(BtfKind Kind, string Name, uint TypeId, bool IsAttribute = false) : BtfType(Kind, Name);

/// <summary>An array.</summary>
public sealed record BtfArray(uint ElementTypeId, uint IndexTypeId, uint Count) : BtfType(BtfKind.Array, string.Empty);

/// <summary>A struct or union.</summary>
public sealed record BtfComposite(BtfKind Kind, string Name, uint Bytes, ImmutableArray<BtfMember> Members) : BtfType(Kind, Name);

/// <summary>A member of a struct or union.</summary>
/// <param name="Name">Empty: it has none.</param>
/// <param name="TypeId">Its type.</param>
/// <param name="OffsetBits">Where it begins; at most 24 bits of it in a type with bit fields.</param>
/// <param name="BitFieldBits">0: it is no bit field.</param>
public readonly record struct BtfMember(string Name, uint TypeId, uint OffsetBits, byte BitFieldBits = 0);

/// <summary>An enumeration; <see cref="BtfKind.Enum"/> has values of 32 bits, <see cref="BtfKind.Enum64"/> of 64.</summary>
public sealed record BtfEnum(BtfKind Kind, string Name, uint Bytes, bool IsSigned, ImmutableArray<BtfEnumerator> Values)
    : BtfType(Kind, Name);

/// <summary>A value of an enumeration.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The number; an unsigned one of 64 bits is its bit pattern.</param>
public readonly record struct BtfEnumerator(string Name, long Value);

/// <summary>A struct or union that is declared and not defined.</summary>
public sealed record BtfForward(string Name, bool IsUnion) : BtfType(BtfKind.Forward, Name);

/// <summary>A function.</summary>
public sealed record BtfFunction(string Name, uint PrototypeId, BtfLinkage Linkage) : BtfType(BtfKind.Function, Name);

/// <summary>What a function takes and returns; a last parameter of type 0 without a name is <c>...</c>.</summary>
public sealed record BtfPrototype(uint ReturnTypeId, ImmutableArray<BtfParameter> Parameters) : BtfType(BtfKind.Prototype, string.Empty);

/// <summary>A parameter of a function.</summary>
public readonly record struct BtfParameter(string Name, uint TypeId);

/// <summary>A variable.</summary>
public sealed record BtfVariable(string Name, uint TypeId, BtfLinkage Linkage) : BtfType(BtfKind.Variable, Name);

/// <summary>A section of variables; compilers leave its size and offsets to whoever loads it.</summary>
public sealed record BtfDataSection(string Name, uint Bytes, ImmutableArray<BtfSectionEntry> Entries) : BtfType(BtfKind.DataSection, Name);

/// <summary>What a section holds at an offset: a variable, or an extern function.</summary>
public readonly record struct BtfSectionEntry(uint TypeId, uint Offset, uint Bytes);

/// <summary>A floating point number.</summary>
public sealed record BtfFloat(string Name, uint Bytes) : BtfType(BtfKind.Float, Name);

/// <summary>A tag of a declaration.</summary>
/// <param name="Name">The tag.</param>
/// <param name="TypeId">What is tagged.</param>
/// <param name="Component">Index of the member or parameter that is tagged; −1: the whole.</param>
/// <param name="IsAttribute">It stands for a whole attribute (6.15).</param>
public sealed record BtfDeclarationTag(string Name, uint TypeId, int Component, bool IsAttribute = false)
    : BtfType(BtfKind.DeclarationTag, Name);
