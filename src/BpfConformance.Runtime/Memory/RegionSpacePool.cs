using System.ComponentModel;

namespace BpfConformance.Runtime.Memory;

/// <summary>
/// Address spaces, kept for the next machine with as many regions: most of its pages will be at the same places, and mapping all of them
/// anew takes ten times as long as compiling a small program.
/// </summary>
internal static class RegionSpacePool
{
    /// <summary>Of all together: each is up to two of the mappings that a process may have (vm.max_map_count: 65,530).</summary>
    private const int MaxRegions = 2048;

    /// <summary>Of all together.</summary>
    private const ulong MaxBytes = 32 << 20;

    /// <summary>A space with more memory is not kept.</summary>
    private const ulong MaxKeptBytes = 2 << 20;

    private static readonly Lock s_lock = new();

    /// <summary>The one that was given back last, last.</summary>
    private static readonly List<RegionSpace> s_idle = [];
    private static int s_regions;
    private static ulong s_bytes;

    /// <summary>A space that nobody else has, until it is given back.</summary>
    /// <exception cref="Win32Exception">There is no such address space.</exception>
    public static RegionSpace Rent(int regions)
    {
        lock (s_lock)
        {
            int last = s_idle.FindLastIndex(space => space.Count == regions);
            if (last >= 0) return Taken(last);
        }

        return new RegionSpace(regions);
    }

    public static void Return(RegionSpace space)
    {
        if (space.Count > MaxRegions || space.CommittedBytes > MaxKeptBytes)
        {
            space.Dispose();
            return;
        }

        space.Leave();
        lock (s_lock)
        {
            s_idle.Add(space);
            (s_regions, s_bytes) = (s_regions + space.Count, s_bytes + space.CommittedBytes);
            while (s_regions > MaxRegions || s_bytes > MaxBytes) Taken(0).Dispose();
        }
    }

    private static RegionSpace Taken(int place)
    {
        RegionSpace space = s_idle[place];
        s_idle.RemoveAt(place);
        (s_regions, s_bytes) = (s_regions - space.Count, s_bytes - space.CommittedBytes);
        return space;
    }
}
