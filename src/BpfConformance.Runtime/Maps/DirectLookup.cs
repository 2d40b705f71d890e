using BpfConformance.Abi.Maps;

namespace BpfConformance.Runtime.Maps;

/// <summary>What bpf_map_lookup_elem needs of a map and no call changes: code that is compiled for one machine has it in its instructions.</summary>
public readonly record struct DirectLookup
{
    internal DirectLookup(Map map, MapValues values, HashTable? table)
    {
        (FirstValue, ValueShift, ValueBytes) = ((ulong)values.AddressOf(0), values.Shift, map.ValueBytes);
        (KeyBytes, Elements, Table) = (map.KeyBytes, map.Elements, table);
        IsWritable = !map.Definition.Flags.HasFlag(MapFlags.ReadOnlyForPrograms);
    }

    /// <summary>The address of the first value, as the program sees it.</summary>
    public ulong FirstValue { get; }

    /// <summary>Log2 of the distance from each value to the next.</summary>
    public int ValueShift { get; }

    public int ValueBytes { get; }

    /// <summary>Whether programs may write values.</summary>
    public bool IsWritable { get; }

    public int KeyBytes { get; }

    /// <summary>How many values there are.</summary>
    public int Elements { get; }

    /// <summary>Where a key finds its element; <c>null</c>: a key of four bytes is its number.</summary>
    public HashTable? Table { get; }
}
