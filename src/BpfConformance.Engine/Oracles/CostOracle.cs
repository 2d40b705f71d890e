using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>
/// A verifier must not give up on a program that it can go through path by path: without a jump back and without functions, those are at most two for each condition.
/// What else costs shows in no observation: the size of emitted code, memory, and the work on what was accepted. A run without end is told by the
/// <see cref="StateOracle"/>.
/// </summary>
public sealed class CostOracle : IOracle
{
    public string Name => "cost";

    public IEnumerable<Finding> Judge(Experiment experiment)
    {
        if (MostSteps(experiment.Case.Program.Instructions) is not { } steps || steps > BpfProgram.MaxInstructions) return [];
        return
            from run in experiment.Runs
            where run.Verdict is { Kind: VerdictKind.Rejected, Reason: ReasonClass.TooComplex }
            select new Finding(Name, run.Target, Facets.Status, null, $"a verdict after at most {steps} instructions on all paths", FindingText.Verdict(run.Verdict), run.Verdict.Pc);
    }

    /// <summary>The most instructions on all paths together; <c>null</c>: paths can come back, or lead through functions, or there are too many to count.</summary>
    private static long? MostSteps(ImmutableArray<Instruction> program)
    {
        long steps = program.Length;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            Instruction slot = program[pc];
            if (JumpTargets.IsLocalCall(slot) || JumpTargets.IsCodeAddress(slot)) return null;
            if (!JumpTargets.IsJump(slot)) continue;
            if (JumpTargets.Of(slot, pc) <= pc || steps > BpfProgram.MaxInstructions) return null;
            if (!JumpTargets.EndsBlock(slot)) steps *= 2;
        }

        return steps;
    }
}
