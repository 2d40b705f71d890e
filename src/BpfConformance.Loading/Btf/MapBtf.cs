using System.Collections.Immutable;

namespace BpfConformance.Loading.Btf;

/// <summary>A structure of the kernel that lies in the values of a map and is found there by the name of its type.</summary>
public enum ValueFieldKind
{
    SpinLock,
    Timer,
}

/// <summary>One such structure.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Offset">Where in the value, in bytes.</param>
public readonly record struct ValueField(ValueFieldKind Kind, int Offset);

/// <summary>The types of the keys and values of a map, made up from their sizes alone.</summary>
/// <param name="Blob">BTF.</param>
/// <param name="KeyTypeId">0: there are no keys.</param>
/// <param name="ValueTypeId">A struct: bytes, and the fields between them.</param>
public sealed record MapBtf(ImmutableArray<byte> Blob, uint KeyTypeId, uint ValueTypeId)
{
    private const uint SpinLockBytes = 4;
    private const uint TimerBytes = 16;
    private const int ByteBits = 8;

    /// <summary>Offsets of members are 32 bits.</summary>
    private const int LastOffset = int.MaxValue / ByteBits;

    /// <param name="keyBytes">
    /// 4: the key is an integer, as storage maps and arrays demand (<c>bpf_local_storage_map_check_btf</c>,
    /// <c>array_map_check_btf</c>; 6.18). Others are structs of bytes.
    /// </param>
    /// <param name="valueBytes">Size of the value.</param>
    /// <param name="fields">In ascending order, apart, and inside the value; the kernel judges their alignment.</param>
    /// <exception cref="ArgumentException">Fields overlap or are not in the value, or a size is negative.</exception>
    public static MapBtf Of(int keyBytes, int valueBytes, params ReadOnlySpan<ValueField> fields)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keyBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(valueBytes);
        var types = new BtfBuilder();
        uint word = types.AddInt("unsigned int", sizeof(uint));
        var filler = new Filler(types, types.AddInt("unsigned char", sizeof(byte)), word);
        uint key = keyBytes switch
        {
            0 => 0,
            sizeof(uint) => word,
            _ => types.AddStruct("map_key", (uint)keyBytes, filler.Bytes(0, (uint)keyBytes)),
        };
        var members = ImmutableArray.CreateBuilder<BtfMember>();
        uint end = 0;
        foreach (ValueField field in fields)
        {
            if (field.Offset < end || field.Offset > LastOffset)
            {
                throw new ArgumentException($"a field at {field.Offset} after {end} bytes", nameof(fields));
            }

            if (field.Offset > end) members.Add(filler.Bytes(end, (uint)field.Offset - end));
            uint type = Add(types, field.Kind, word, out uint bytes);
            members.Add(new BtfMember($"field{field.Offset}", type, (uint)field.Offset * ByteBits));
            end = (uint)field.Offset + bytes;
        }

        if (end > (uint)valueBytes) throw new ArgumentException($"fields of {end} bytes in a value of {valueBytes}", nameof(fields));
        if (end < (uint)valueBytes) members.Add(filler.Bytes(end, (uint)valueBytes - end));
        uint value = types.AddStruct("map_value", (uint)valueBytes, members.DrainToImmutable());
        return new MapBtf([.. types.ToBytes()], key, value);
    }

    /// <summary>Adds the kernel's structure, which <c>btf_parse_fields</c> (kernel/bpf/btf.c, 6.18) knows by name and size.</summary>
    private static uint Add(BtfBuilder types, ValueFieldKind kind, uint word, out uint bytes)
    {
        switch (kind)
        {
            case ValueFieldKind.SpinLock:
                bytes = SpinLockBytes;
                return types.AddStruct("bpf_spin_lock", SpinLockBytes, new BtfMember("val", word, 0));
            case ValueFieldKind.Timer:
                bytes = TimerBytes;
                uint half = types.AddInt("unsigned long long", sizeof(ulong));
                return types.AddStruct("bpf_timer", TimerBytes, new BtfMember("__opaque", types.AddArray(half, word, 2), 0));
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null);
        }
    }

    /// <summary>Members that are nothing but bytes.</summary>
    private readonly record struct Filler(BtfBuilder Types, uint ByteType, uint IndexType)
    {
        public BtfMember Bytes(uint offset, uint count) =>
            new($"bytes{offset}", Types.AddArray(ByteType, IndexType, count), offset * ByteBits);
    }
}
