using System.Numerics;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>A byte in a value of a map.</summary>
/// <param name="Map">Which map.</param>
/// <param name="Index">Its index.</param>
/// <param name="Element">Which of its values.</param>
/// <param name="Offset">Where in that.</param>
public readonly record struct ValuePlace(Map Map, int Index, int Element, int Offset)
{
    /// <summary>What an address of a program leads to; <c>null</c>: to no value.</summary>
    public static unsafe ValuePlace? Of(Machine* m, ulong address)
    {
        if (m->Maps == 0 || GuestMemory.Readable(m, address, size: 1) == null) return null;
        Region* region = GuestMemory.RegionOf(m, address);
        int index = (int)(region - m->Regions) - Regions.MapValues;
        if (index < 0 || index >= MapSet.CountOf(m)) return null;
        ulong offset = address - region->Start;
        return region->ElementsEnd == 0
            ? new(MapSet.At(m, index), index, Element: 0, (int)offset)
            : new(MapSet.At(m, index), index, (int)(offset >> BitOperations.PopCount(region->ElementMask)), (int)(offset & region->ElementMask));
    }
}
