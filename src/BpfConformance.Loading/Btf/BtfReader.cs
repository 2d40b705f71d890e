using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi;

namespace BpfConformance.Loading.Btf;

/// <summary>
/// Reads the type section, one type after the other, and holds each against what can be said of it alone
/// (<c>btf_*_check_meta</c>, kernel/bpf/btf.c, 6.18). What a type says of others is left to <see cref="BtfResolver"/>.
/// </summary>
internal ref struct BtfReader(ReadOnlySpan<byte> section, BtfNames names, BtfSource source)
{
    private const uint ReservedInfo = 0x60ff_0000;
    private const uint KnownIntBits = 0x0fff_00ff;

    private readonly ReadOnlySpan<byte> _section = section;
    private int _position;
    private uint _id;
    private uint _info;

    private readonly int Elements => (int)(_info & 0xffff);

    private readonly bool Flag => _info >> 31 != 0;

    /// <exception cref="BpfFormatException">The section is malformed.</exception>
    public ImmutableArray<BtfType> ReadAll()
    {
        var types = ImmutableArray.CreateBuilder<BtfType>();
        types.Add(new BtfVoid());
        while (_position < _section.Length)
        {
            _id++;
            if (_id > BtfLimits.TypeId) throw source.Error($"more than {BtfLimits.TypeId} types");
            types.Add(ReadType());
        }

        return types.DrainToImmutable();
    }

    private BtfType ReadType()
    {
        string name = Name();
        _info = Word();
        uint sizeOrType = Word();
        if ((_info & ReservedInfo) != 0) throw Error($"reserved bits in info 0x{_info:x8}");

        var kind = (BtfKind)((_info >> 24) & 0x1f);
        CheckElements(kind);
        CheckFlag(kind);
        CheckName(kind, name);
        return kind switch
        {
            BtfKind.Int => Int(name, sizeOrType),
            BtfKind.Array => Array(sizeOrType),
            BtfKind.Struct or BtfKind.Union => Composite(kind, name, sizeOrType),
            BtfKind.Enum or BtfKind.Enum64 => Enumeration(kind, name, sizeOrType),
            BtfKind.Forward => sizeOrType == 0 ? new BtfForward(name, Flag) : throw Error($"a forward declaration of type {sizeOrType}"),
            BtfKind.Pointer or BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or BtfKind.TypeTag
                => new BtfReference(kind, name, sizeOrType, Flag),
            BtfKind.Function => new BtfFunction(name, sizeOrType, Linkage((uint)Elements)),
            BtfKind.Prototype => new BtfPrototype(sizeOrType, Parameters()),
            BtfKind.Variable => new BtfVariable(name, sizeOrType, Linkage(Word())),
            BtfKind.DataSection => new BtfDataSection(name, sizeOrType, Entries()),
            BtfKind.Float => sizeOrType is 2 or 4 or 8 or 12 or 16
                ? new BtfFloat(name, sizeOrType)
                : throw Error($"a floating point number of {sizeOrType} bytes"),
            BtfKind.DeclarationTag => new BtfDeclarationTag(name, sizeOrType, unchecked((int)Word()), Flag),
            BtfKind.Unknown or _ => throw Error($"kind {(int)kind}"),
        };
    }

    private readonly void CheckElements(BtfKind kind)
    {
        bool mayHave = kind is BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64 or BtfKind.Prototype
            or BtfKind.DataSection or BtfKind.Function;
        if (!mayHave && Elements != 0) throw Error($"{Elements} elements of kind {kind}");
    }

    private readonly void CheckFlag(BtfKind kind)
    {
        bool mayHave = kind is BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64 or BtfKind.Forward
            or BtfKind.TypeTag or BtfKind.DeclarationTag;
        if (!mayHave && Flag) throw Error($"a flag on kind {kind}");
    }

    private readonly void CheckName(BtfKind kind, string name)
    {
        bool isNeeded = kind is BtfKind.Forward or BtfKind.Typedef or BtfKind.Function or BtfKind.Variable or BtfKind.DataSection
            or BtfKind.DeclarationTag or BtfKind.TypeTag;
        bool isForbidden = kind is BtfKind.Pointer or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or BtfKind.Array
            or BtfKind.Prototype;
        if (isNeeded && name.Length == 0) throw Error($"kind {kind} without a name");
        if (isForbidden && name.Length > 0) throw Error($"kind {kind} with a name");
    }

    private BtfInt Int(string name, uint bytes)
    {
        uint data = Word();
        (uint encoding, byte offset, byte bits) = (data >> 24, (byte)(data >> 16), (byte)data);
        if ((data & ~KnownIntBits) != 0 || encoding is not (0 or 1 or 2 or 4)) throw Error($"an integer described by 0x{data:x8}");
        if (bytes > 16 || (ulong)offset + bits > bytes * 8ul) throw Error($"bits {offset} to {offset + bits} of {bytes} bytes");
        return new BtfInt(name, bytes, (BtfIntEncoding)encoding, offset, bits);
    }

    private BtfArray Array(uint size) =>
        size == 0 ? new BtfArray(Word(), Word(), Word()) : throw Error($"an array that states the size {size}");

    private BtfComposite Composite(BtfKind kind, string name, uint bytes)
    {
        var members = Room<BtfMember>(3);
        uint last = 0;
        for (int i = 0; i < members.Capacity; i++)
        {
            (string member, uint type, uint place) = (Name(), Word(), Word());
            (uint offset, uint bits) = Flag ? (place & BtfLimits.BitFieldOffset, place >> 24) : (place, 0u);
            if (kind == BtfKind.Union && offset != 0) throw Error($"a member of a union at bit {offset}");
            if (offset < last) throw Error($"a member at bit {offset} after one at bit {last}");
            last = offset;
            members.Add(new BtfMember(member, type, offset, (byte)bits));
        }

        return new BtfComposite(kind, name, bytes, members.MoveToImmutable());
    }

    private BtfEnum Enumeration(BtfKind kind, string name, uint bytes)
    {
        if (bytes is not (1 or 2 or 4 or 8)) throw Error($"an enumeration of {bytes} bytes");
        bool isWide = kind == BtfKind.Enum64;
        var values = Room<BtfEnumerator>(isWide ? 3 : 2);
        for (int i = 0; i < values.Capacity; i++)
        {
            (string value, uint low) = (Name(), Word());
            long number = isWide ? low | ((long)Word() << 32) : Flag ? unchecked((int)low) : low;
            values.Add(value.Length > 0 ? new BtfEnumerator(value, number) : throw Error("a value of an enumeration without a name"));
        }

        return new BtfEnum(kind, name, bytes, Flag, values.MoveToImmutable());
    }

    private ImmutableArray<BtfParameter> Parameters()
    {
        var parameters = Room<BtfParameter>(2);
        for (int i = 0; i < parameters.Capacity; i++) parameters.Add(new BtfParameter(Name(), Word()));
        return parameters.MoveToImmutable();
    }

    private ImmutableArray<BtfSectionEntry> Entries()
    {
        var entries = Room<BtfSectionEntry>(3);
        for (int i = 0; i < entries.Capacity; i++) entries.Add(new BtfSectionEntry(Word(), Word(), Word()));
        return entries.MoveToImmutable();
    }

    /// <summary>Room for the elements, whose words are known to be there.</summary>
    private readonly ImmutableArray<T>.Builder Room<T>(int wordsEach) =>
        (long)Elements * wordsEach * sizeof(uint) <= _section.Length - _position
            ? ImmutableArray.CreateBuilder<T>(Elements)
            : throw Error($"{Elements} elements in {_section.Length - _position} bytes");

    private readonly BtfLinkage Linkage(uint number) =>
        number <= (uint)BtfLinkage.Extern ? (BtfLinkage)number : throw Error($"linkage {number}");

    private string Name() => names.At(Word(), _id);

    private uint Word()
    {
        if (_section.Length - _position < sizeof(uint)) throw Error("the type section ends within it");
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(_section[_position..]);
        _position += sizeof(uint);
        return word;
    }

    private readonly BpfFormatException Error(string problem) => source.Error(_id, problem);
}
