using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Engine.Targets;

/// <summary>What user space does with many elements of a map at once.</summary>
public enum BatchCommand
{
    Lookup,
    LookupAndDelete,
    Update,
    Delete,
}

/// <summary>
/// A step of user space with many elements of a map. What it gets is the count that the call leaves, of four bytes, and of a lookup behind
/// it each key and its value, in the order of keys, byte by byte.
/// </summary>
/// <param name="Command">What it does.</param>
/// <param name="Map">With which map of the case.</param>
/// <param name="Count">How many elements: as many as are given, or as are wanted.</param>
/// <param name="Keys">Of an update or a deletion: one behind the other; else empty.</param>
/// <param name="Values">Of an update: as many; else empty.</param>
/// <param name="Flags">Those of elements: kernel <c>batch.elem_flags</c>.</param>
public sealed record BatchStep(
    BatchCommand Command, int Map, int Count, ReadOnlyMemory<byte> Keys, ReadOnlyMemory<byte> Values, ulong Flags = 0) : UserStep
{
    /// <summary>The most bytes that keys and values of a batch may have.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Of a lookup: whether it goes on where the last one of this map ended, and does not begin anew.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Whether it reads.</summary>
    public bool IsLookup => Command is BatchCommand.Lookup or BatchCommand.LookupAndDelete;

    /// <summary>The most bytes that it gets.</summary>
    /// <param name="map">Its map.</param>
    public int DataBytes(MapDefinition map) => sizeof(uint) + (IsLookup ? Count * (map.KeyBytes + map.ValueBytes) : 0);

    /// <summary>The most bytes that a batch among steps gets; 0: there is none.</summary>
    /// <param name="steps">Those of a case; <c>null</c> stands for a run.</param>
    /// <param name="maps">Its maps.</param>
    public static int LongestIn(IEnumerable<UserStep?> steps, ImmutableArray<MapDefinition> maps) =>
        steps.OfType<BatchStep>().Select(batch => batch.DataBytes(maps[batch.Map])).DefaultIfEmpty().Max();

    /// <summary>Puts what it gets into data.</summary>
    /// <param name="data">Of <see cref="DataBytes"/>.</param>
    /// <param name="mask">As much: becomes that of each byte.</param>
    /// <param name="map">Its map.</param>
    /// <param name="got">What it has got.</param>
    /// <returns>The bytes that it takes.</returns>
    public static int Write(Span<byte> data, Span<byte> mask, MapDefinition map, in BatchResult got)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(data, (uint)got.Count);
        mask[..sizeof(uint)].Fill(0xff);
        int length = sizeof(uint);
        foreach (int element in got.InOrder(map.KeyBytes))
        {
            got.Keys.Slice(element * map.KeyBytes, map.KeyBytes).CopyTo(data[length..]);
            mask.Slice(length, map.KeyBytes).Fill(0xff);
            length += map.KeyBytes;
            got.Values.Slice(element * map.ValueBytes, map.ValueBytes).CopyTo(data[length..]);
            if (got.Mask.IsEmpty) mask.Slice(length, map.ValueBytes).Fill(0xff);
            else got.Mask.Slice(element * map.ValueBytes, map.ValueBytes).CopyTo(mask[length..]);
            length += map.ValueBytes;
        }

        return length;
    }
}
