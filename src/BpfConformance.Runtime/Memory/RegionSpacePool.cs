using System.Collections.Concurrent;

namespace BpfConformance.Runtime.Memory;

/// <summary>
/// Spaces that no machine has any more. A new one costs the kernel some hundred microseconds, from the first mapping to the
/// last page that is given back: more than to compile most programs.
/// </summary>
internal static class RegionSpacePool
{
    private static readonly ConcurrentBag<RegionSpace> s_spaces = [];

    /// <summary>Each thread that loads and unloads has one or two at a time.</summary>
    private static readonly int s_mostSpaces = 4 * Environment.ProcessorCount;

    /// <summary>A space with so many regions.</summary>
    public static RegionSpace Rent(int regions)
    {
        if (!s_spaces.TryTake(out RegionSpace? space)) return new RegionSpace(regions);
        if (space.Regions == regions) return space;
        space.Dispose();
        return new RegionSpace(regions);
    }

    /// <summary>Keeps a space, or frees it.</summary>
    public static void Return(RegionSpace space)
    {
        if (space.IsReusable && s_spaces.Count < s_mostSpaces) s_spaces.Add(space);
        else space.Dispose();
    }
}
