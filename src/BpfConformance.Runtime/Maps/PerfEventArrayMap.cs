using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_PERF_EVENT_ARRAY (kernel/bpf/arraymap.c, kernel/trace/bpf_trace.c, kernel/events, 6.18): programs write samples into the rings of
/// events that user space has put in. Each index has an event of its own, and what one has recorded stays when it is taken out.
/// </summary>
internal sealed unsafe class PerfEventArrayMap : FdArray
{
    private readonly WordIndices<PerfEventKind> _events;
    private readonly SortedDictionary<uint, PerfRecords> _records = [];

    /// <param name="definition">What was found right.</param>
    public PerfEventArrayMap(MapDefinition definition)
        : this(definition, new WordIndices<PerfEventKind>(definition.MaxEntries))
    {
    }

    private PerfEventArrayMap(MapDefinition definition, WordIndices<PerfEventKind> events)
        : base(definition, events) => _events = events;

    /// <summary>User space does not get its events back.</summary>
    public override Errno Read(GuestBytes key, GuestBytes value) => Errno.ENOTSUPP;

    /// <summary>__bpf_perf_event_output: <c>null</c>, and why, where there is nothing that takes samples.</summary>
    /// <param name="flags">The index, or the processor's, which is the first; and what is not the array's.</param>
    /// <param name="error">Why not.</param>
    public PerfRecords? EventFor(ulong flags, out Errno error)
    {
        uint index = (uint)flags == PerfEvents.CurrentProcessor ? 0 : (uint)flags;
        error = index >= (uint)MaxEntries ? Errno.E2BIG
            : !_events.Has((int)index) ? Errno.ENOENT
            : (PerfEventKind)_events[(int)index] switch
            {
                PerfEventKind.Event => Errno.None,
                PerfEventKind.EventElsewhere => Errno.EOPNOTSUPP,
                PerfEventKind.Dummy => Errno.EINVAL,
            };
        if (error != Errno.None) return null;
        if (!_records.TryGetValue(index, out PerfRecords? records)) _records[index] = records = new PerfRecords();
        return records;
    }

    public override void Clear()
    {
        base.Clear();
        foreach (PerfRecords records in _records.Values) records.Clear();
    }

    /// <summary>What the events have recorded, in the order of their indices.</summary>
    public override void Show(ref MapImageWriter image)
    {
        image.Begin(_records.Values.Sum(records => records.Count));
        foreach ((uint index, PerfRecords records) in _records) records.Show(index, ref image);
    }
}
