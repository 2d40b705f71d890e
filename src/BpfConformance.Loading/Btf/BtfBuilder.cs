using System.Collections.Immutable;

namespace BpfConformance.Loading.Btf;

/// <summary>
/// Makes BTF in memory. Every method adds one type and returns its id; a type may name ids that come later, as structs
/// that point to each other must. Nothing is checked but what cannot be encoded: <see cref="BtfBlob.Parse"/> and the
/// kernel judge the result.
/// </summary>
public sealed class BtfBuilder
{
    private readonly List<BtfType> _types = [];

    /// <summary>The id that the next type gets.</summary>
    public uint NextId => (uint)_types.Count + 1;

    public uint Add(BtfType type)
    {
        _types.Add(type);
        return (uint)_types.Count;
    }

    /// <summary>An integer of whole bytes.</summary>
    public uint AddInt(string name, uint bytes, BtfIntEncoding encoding = BtfIntEncoding.Unsigned) =>
        Add(new BtfInt(name, bytes, encoding, OffsetBits: 0, (byte)(bytes * 8)));

    public uint AddPointer(uint to) => Add(new BtfReference(BtfKind.Pointer, string.Empty, to));

    /// <summary>A tag, which stands between a pointer and what it leads to.</summary>
    public uint AddTypeTag(string tag, uint of) => Add(new BtfReference(BtfKind.TypeTag, tag, of));

    public uint AddTypedef(string name, uint of) => Add(new BtfReference(BtfKind.Typedef, name, of));

    public uint AddArray(uint element, uint index, uint count) => Add(new BtfArray(element, index, count));

    public uint AddStruct(string name, uint bytes, params ImmutableArray<BtfMember> members) =>
        Add(new BtfComposite(BtfKind.Struct, name, bytes, members));

    public uint AddPrototype(uint returns, params ImmutableArray<BtfParameter> parameters) => Add(new BtfPrototype(returns, parameters));

    public uint AddFunction(string name, uint prototype, BtfLinkage linkage = BtfLinkage.Static) =>
        Add(new BtfFunction(name, prototype, linkage));

    /// <summary>The blob, little endian: header, types in the order added, names each once.</summary>
    /// <exception cref="ArgumentException">
    /// A type does not fit the format: a name holds a NUL, there are more than 65,535 members, a bit field is beyond bit
    /// 2²⁴, or the whole is larger than the kernel takes.
    /// </exception>
    public byte[] ToBytes() => BtfEncoder.Encode(_types);
}
