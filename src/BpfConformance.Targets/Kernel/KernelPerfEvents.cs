using BpfConformance.Abi.Maps;

namespace BpfConformance.Targets.Kernel;

/// <summary>The perf events that are or were in a map, of each index and kind one.</summary>
internal sealed class KernelPerfEvents : IDisposable
{
    private readonly SortedDictionary<(uint Index, PerfEventKind Kind), KernelPerfEvent> _events = [];

    /// <summary>The descriptor of one, which is opened when it is first asked for.</summary>
    /// <exception cref="Engine.Targets.TargetException">There is none here.</exception>
    public int DescriptorOf(uint index, PerfEventKind kind)
    {
        if (!_events.TryGetValue((index, kind), out KernelPerfEvent? found)) _events[(index, kind)] = found = KernelPerfEvent.Open(kind);
        return found.Fd;
    }

    /// <summary>What they have recorded, in the order of their indices.</summary>
    public List<MapEntry> Read() =>
        [.. _events.SelectMany(each => each.Value.Samples().Select(sample => new MapEntry(BitConverter.GetBytes(each.Key.Index), sample)))];

    public void Dispose()
    {
        foreach (KernelPerfEvent each in _events.Values) each.Dispose();
    }
}
