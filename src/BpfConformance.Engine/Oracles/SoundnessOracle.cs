using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>
/// What a verifier accepts must not fault on the first target, a reference that tracks what was written and whereto addresses belong. A program without a hook is
/// verified with the memory that it is given and its length, so this holds of it, too.
/// </summary>
/// <param name="verifying">The targets that verify what they load; an acceptance by others promises nothing.</param>
public sealed class SoundnessOracle(ImmutableHashSet<string> verifying) : IOracle
{
    public const string OracleName = "soundness";

    public string Name => OracleName;

    public IEnumerable<Finding> Judge(Experiment experiment)
    {
        if (experiment.Runs is not [{ Observations: { } seen } reference, ..]) yield break;
        // How long the context of a syscall program must be is noted when it is verified, and asked when a run is given one (kernel/bpf/verifier.c, 6.18, max_ctx_offset; net/bpf/test_run.c).
        BpfProgram program = experiment.Case.Program;
        bool hasOpenContext = Enumerable.Range(0, program.Count).Any(part => program[part].Type == ProgramType.Syscall);
        foreach (TargetRun run in experiment.Runs.Skip(1))
        {
            if (run.Verdict.Kind != VerdictKind.Accepted || !verifying.Contains(run.Target)) continue;
            for (int input = 0; input < seen.Count; input++)
            {
                if (!IsForeseen(seen[input], hasOpenContext)) continue;
                int pc = seen[input].FaultPc;
                yield return new Finding(
                    Name,
                    run.Target,
                    Facets.FaultKind,
                    input,
                    "rejected, or no fault",
                    $"accepted, and {FindingText.Fault(seen[input].Fault, pc)} on {reference.Target}",
                    pc < 0 ? null : pc);
                break; // one run is enough to show it
            }
        }
    }

    /// <summary>Whether a run faulted in a way that a verifier must foresee.</summary>
    private static bool IsForeseen(in Observation run, bool hasOpenContext) => run.Status == ExecutionStatus.Faulted && run.Fault switch
    {
        FaultKind.OutOfBoundsLoad or FaultKind.OutOfBoundsStore => !hasOpenContext,
        FaultKind.MisalignedAtomic or FaultKind.TooManyFrames or FaultKind.UnknownHelper
            or FaultKind.UninitializedRegister or FaultKind.InvalidPointer => true,
        // Whoever may see addresses may read what was never written (include/linux/bpf.h, 6.18, bpf_allow_uninit_stack).
        FaultKind.UninitializedStack => false,
        // Of a processor, not of a program.
        FaultKind.None or FaultKind.ArithmeticTrap or FaultKind.IllegalInstruction => false,
    };
}
