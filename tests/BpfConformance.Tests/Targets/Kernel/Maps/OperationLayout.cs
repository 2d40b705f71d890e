using System.Buffers.Binary;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>What a program finds in its memory: what to do and with what. It leaves there the value that it gets.</summary>
/// <param name="map">The map that it is about.</param>
/// <param name="inner">What maps in that look like; <c>null</c>: it holds values.</param>
internal sealed class OperationLayout(MapDefinition map, MapDefinition? inner)
{
    public const int DeedAt = 0;
    public const int ProcessorAt = 4;
    public const int FlagsAt = 8;
    public const int KeyAt = 16;

    public int InnerKeyAt { get; } = KeyAt + Aligned(map.KeyBytes);

    public int ValueAt { get; } = KeyAt + Aligned(map.KeyBytes) + Aligned(inner?.KeyBytes ?? 0);

    public int ValueBytes { get; } = (inner ?? map).ValueBytes;

    public int Bytes => ValueAt + ValueBytes;

    public byte[] Write(MapDeed deed, ulong flags, uint processor, ReadOnlySpan<byte> key, ReadOnlySpan<byte> innerKey, ReadOnlySpan<byte> value)
    {
        var memory = new byte[Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(memory.AsSpan(DeedAt), (int)deed);
        BinaryPrimitives.WriteUInt32LittleEndian(memory.AsSpan(ProcessorAt), processor);
        BinaryPrimitives.WriteUInt64LittleEndian(memory.AsSpan(FlagsAt), flags);
        key.CopyTo(memory.AsSpan(KeyAt));
        innerKey.CopyTo(memory.AsSpan(InnerKeyAt));
        value.CopyTo(memory.AsSpan(ValueAt));
        return memory;
    }

    public static MapDeed DeedIn(ReadOnlySpan<byte> memory) => (MapDeed)BinaryPrimitives.ReadInt32LittleEndian(memory[DeedAt..]);

    public static uint ProcessorIn(ReadOnlySpan<byte> memory) => BinaryPrimitives.ReadUInt32LittleEndian(memory[ProcessorAt..]);

    public static ulong FlagsIn(ReadOnlySpan<byte> memory) => BinaryPrimitives.ReadUInt64LittleEndian(memory[FlagsAt..]);

    public ReadOnlySpan<byte> KeyIn(ReadOnlySpan<byte> memory) => memory.Slice(KeyAt, map.KeyBytes);

    public ReadOnlySpan<byte> ValueIn(ReadOnlySpan<byte> memory) => memory.Slice(ValueAt, ValueBytes);

    private static int Aligned(int bytes) => (bytes + 7) & ~7;
}
