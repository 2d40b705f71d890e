using System.Collections.Immutable;

namespace BpfConformance.Abi.Programs;

/// <summary>What a program of a type is given and may give back, where it is loaded for one of some attach types.</summary>
/// <param name="Type">The type.</param>
/// <param name="AttachTypes">Those that a load may name; empty: any number, as the kernel does not look.</param>
/// <param name="Context">What r1 points to; <c>null</c>: memory, of which r2 is the length.</param>
/// <param name="Return">What becomes of r0.</param>
/// <param name="CanSleep">Whether a load may ask for a program that sleeps (kernel/bpf/verifier.c, 6.18, <c>can_be_sleepable</c>).</param>
public sealed record ProgramHook(
    ProgramType Type, ImmutableArray<AttachType> AttachTypes, ContextView? Context, ReturnTable Return, bool CanSleep = false)
{
    /// <summary>
    /// What of a run's context its caller gives and is shown (<c>ctx_in</c> of BPF_PROG_TEST_RUN, net/bpf/test_run.c, 6.18): the context itself,
    /// or the structure that it leads to.
    /// </summary>
    public ContextView? Given => Type switch
    {
        ProgramType.FlowDissector => ContextTables.DissectedFlow["flow_dissector"],
        ProgramType.Netfilter => ContextTables.NfHookState["netfilter"],
        _ => Context,
    };

    public bool Takes(AttachType attachType) => AttachTypes.IsEmpty || AttachTypes.Contains(attachType);
}
