using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>
/// A perf event counts <see cref="UnknownOption"/>, whose record is behind eight bytes that programs do not see. Programs at a tracepoint run for all tasks,
/// so those that are attached here begin with a <see cref="TaskGuard"/>.
/// </summary>
internal sealed class PerfTracepointEvent(ProbePlaces places) : IHookEvent
{
    /// <summary>As under <c>events</c> of tracefs.</summary>
    public const string Name = "task/" + UnknownOption.Tracepoint;

    private const int Start = 8;
    private const int Bytes = Start + UnknownOption.Bytes;

    public bool CanBeMissed => true;

    public int? KnownBytes => Bytes;

    public HookPlace Place { get; private set; } = new HookPlace.PerfEvents([]);

    public void Complete(WantedContext wanted)
    {
    }

    public string? WhyNot(WantedContext wanted) =>
        !wanted.Data.IsEmpty ? "there is no packet at a tracepoint"
        : wanted.All[Bytes..].ContainsAnyExcept((byte)0) ? $"the record of {Name} has {Bytes} bytes"
        : UnknownOption.WhyNot(wanted.All[Start..]);

    public void Prepare(WantedContext wanted) => Place = new HookPlace.PerfEvents(places.Tracepoints());

    public CallFailure? Cause(WantedContext wanted)
    {
        UnknownOption.Call(wanted.All[Start..]);
        return null;
    }
}
