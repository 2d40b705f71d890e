using System.Collections.Immutable;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Loading.Btf;

/// <summary>The types of the keys and values of a map, made up from their sizes alone.</summary>
/// <param name="Blob">BTF.</param>
/// <param name="KeyTypeId">0: there are no keys.</param>
/// <param name="ValueTypeId">A struct: bytes, and the fields between them.</param>
public sealed record MapBtf(ImmutableArray<byte> Blob, uint KeyTypeId, uint ValueTypeId)
{
    private const int ByteBits = 8;

    /// <summary>Offsets of members are 32 bits.</summary>
    private const int LastOffset = int.MaxValue / ByteBits;

    /// <param name="keyBytes">
    /// 4: the key is an integer, as storage maps and arrays demand (<c>bpf_local_storage_map_check_btf</c>,
    /// <c>array_map_check_btf</c>; 6.18). Others are structs of bytes.
    /// </param>
    /// <param name="valueBytes">Size of the value.</param>
    /// <param name="fields">Wherever they are: the kernel judges.</param>
    /// <exception cref="ArgumentException">A field is so far away that no type says it, or a size is negative.</exception>
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
            if (field.Offset is < 0 or > LastOffset) throw new ArgumentException($"a field at {field.Offset}", nameof(fields));
            if (field.Offset > end) members.Add(filler.Bytes(end, (uint)field.Offset - end));
            uint type = Add(types, field, word);
            members.Add(new BtfMember($"field{field.Offset}", type, (uint)field.Offset * ByteBits));
            end = (uint)field.End;
        }

        if (end < (uint)valueBytes) members.Add(filler.Bytes(end, (uint)valueBytes - end));
        uint value = types.AddStruct("map_value", (uint)valueBytes, members.DrainToImmutable());
        return new MapBtf([.. types.ToBytes()], key, value);
    }

    /// <summary>
    /// Adds the kernel's structure, which <c>btf_parse_fields</c> (kernel/bpf/btf.c, 6.18) knows by name and size; or a pointer with a tag, to a structure whose
    /// name is known there.
    /// </summary>
    private static uint Add(BtfBuilder types, ValueField field, uint word) => field.Kind switch
    {
        ValueFieldKind.SpinLock => types.AddStruct("bpf_spin_lock", (uint)field.Bytes, new BtfMember("val", word, 0)),
        ValueFieldKind.Timer => types.AddStruct(
            "bpf_timer", (uint)field.Bytes, new BtfMember("__opaque", types.AddArray(types.AddInt("unsigned long long", sizeof(ulong)), word, 2), 0)),
        ValueFieldKind.Kptr => AddPointer(types, "kptr"),
        ValueFieldKind.KptrUntrusted => AddPointer(types, "kptr_untrusted"),
    };

    private static uint AddPointer(BtfBuilder types, string tag) => types.AddPointer(types.AddTypeTag(tag, types.AddStruct("task_struct", 0)));

    /// <summary>Members that are nothing but bytes.</summary>
    private readonly record struct Filler(BtfBuilder Types, uint ByteType, uint IndexType)
    {
        public BtfMember Bytes(uint offset, uint count) =>
            new($"bytes{offset}", Types.AddArray(ByteType, IndexType, count), offset * ByteBits);
    }
}
