using System.ComponentModel;

namespace BpfConformance.Runtime.Memory;

/// <summary>
/// Address spaces, kept for the next machine with about as many regions: most of its pages will be at the same places, and mapping all of them
/// anew takes ten times as long as compiling a small program.
/// </summary>
internal sealed class RegionSpacePool
{
    /// <summary>Of all together: each is up to two of the mappings that a process may have (vm.max_map_count: 65,530).</summary>
    private const int MaxRegions = 2048;

    /// <summary>So large a part of a machine's regions may be there in vain: where those that most have are many, and the others few.</summary>
    private const int SpareShare = 8;

    /// <summary>Of all together.</summary>
    private const ulong MaxBytes = 32 << 20;

    /// <summary>A space with more memory is not kept.</summary>
    private const ulong MaxKeptBytes = 2 << 20;

    private readonly Lock _lock = new();

    /// <summary>The one that was given back last, last.</summary>
    private readonly List<RegionSpace> _idle = [];
    private int _regions;
    private ulong _bytes;

    /// <summary>For all machines of the process.</summary>
    public static RegionSpacePool Shared { get; } = new();

    /// <summary>A space that nobody else has, until it is given back.</summary>
    /// <param name="regions">How many it has at least.</param>
    /// <exception cref="Win32Exception">There is no such address space.</exception>
    public RegionSpace Rent(int regions)
    {
        lock (_lock)
        {
            int nearest = -1;
            for (int place = _idle.Count - 1; place >= 0; place--)
            {
                int count = _idle[place].Count;
                if (count >= regions && count <= regions + (regions / SpareShare) && (nearest < 0 || count < _idle[nearest].Count)) nearest = place;
            }

            if (nearest >= 0) return Taken(nearest);
        }

        return new RegionSpace(regions);
    }

    public void Return(RegionSpace space)
    {
        if (space.Count > MaxRegions || space.CommittedBytes > MaxKeptBytes)
        {
            space.Dispose();
            return;
        }

        space.Leave();
        lock (_lock)
        {
            _idle.Add(space);
            (_regions, _bytes) = (_regions + space.Count, _bytes + space.CommittedBytes);
            while (_regions > MaxRegions || _bytes > MaxBytes) Taken(0).Dispose();
        }
    }

    private RegionSpace Taken(int place)
    {
        RegionSpace space = _idle[place];
        _idle.RemoveAt(place);
        (_regions, _bytes) = (_regions - space.Count, _bytes - space.CommittedBytes);
        return space;
    }
}
