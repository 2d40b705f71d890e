using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>
/// This thread comes to an instruction on which there is a uprobe, with the wanted values in its registers (kernel/trace/trace_uprobe.c, 6.18,
/// <c>uprobe_dispatcher</c>). The probes are of perf events, of a file that has no name, and only this process maps it.
/// </summary>
internal sealed class KprobeEvent(ProbePlaces places) : IHookEvent
{
    private ProbeCode? _code;

    public HookPlace Place { get; private set; } = new HookPlace.PerfEvents([]);

    public void Complete(WantedContext wanted) => ProbeDefaults.Complete(ContextTables.Registers, wanted.All);

    public string? WhyNot(WantedContext wanted) => RegisterRules.WhyNot(wanted);

    public void Prepare(WantedContext wanted) => Place = new HookPlace.PerfEvents(places.Uprobes(RegisterRules.Ip(wanted), out _code));

    public CallFailure? Cause(WantedContext wanted)
    {
        lock (ProbePlaces.Mapping) return _code!.Run(wanted.All, RegisterRules.Ip(wanted)); // it has been prepared
    }
}
