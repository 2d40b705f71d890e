using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>
/// Where a case leaves the verdict open, all targets must give that of the first, the reference, in both directions: what it refuses nobody may accept, but a verifier what it
/// never comes to; and what it accepts nobody may call badly encoded. A verifier may refuse more; others only what does not return, or what any machine may.
/// </summary>
/// <param name="tellsStricter">Also of refusals for other reasons, of what has returned on the reference: of a single program a person wants to know.</param>
/// <param name="trusting">The targets without a verifier: they have no reason to refuse what has returned on the reference, but for those that are any machine's.</param>
/// <param name="verifying">Those with one: what their branches leave out they do not look at.</param>
public sealed class VerdictOracle(bool tellsStricter, ImmutableHashSet<string> trusting, ImmutableHashSet<string> verifying) : IOracle
{
    public const string OracleName = "verdict";

    /// <summary>Of which nothing is known of targets.</summary>
    public VerdictOracle(bool tellsStricter)
        : this(tellsStricter, [], [])
    {
    }

    public string Name => OracleName;

    public bool IsHeldAgainstFirst => true;

    public IEnumerable<Finding> Judge(Experiment experiment)
    {
        if (experiment.Case.Expectation.Run != RunExpectation.Unstated || experiment.Runs is not [{ } reference, ..]) yield break;
        foreach (TargetRun run in experiment.Runs.Skip(1))
        {
            bool differs = (reference.Verdict.Kind, run.Verdict.Kind) switch
            {
                (VerdictKind.Rejected, VerdictKind.Accepted) => tellsStricter || !(IsOfPath(reference.Verdict.Reason) || IsLeftOut(experiment.Case.Program, reference.Verdict, run)),
                (VerdictKind.Accepted, VerdictKind.Rejected) => IsWrongRefusal(experiment.Case.Program, reference, run),
                _ => false,
            };
            if (!differs) continue;
            yield return new Finding(
                Name, run.Target, Facets.Status, null, $"{FindingText.Verdict(reference.Verdict)} (as {reference.Target})", FindingText.Verdict(run.Verdict), run.Verdict.Pc ?? reference.Verdict.Pc)
            {
                Line = FindingText.LineOf(experiment.Case, reference.Verdict) ?? FindingText.LineOf(experiment.Case, run.Verdict),
            };
        }
    }

    /// <summary>Whether a verifier refuses for it only what a path comes to: no verifier looks at what its branches leave out.</summary>
    private static bool IsOfPath(ReasonClass reason) => reason == ReasonClass.UnknownHelper;

    /// <summary>Whether a verifier may never have come to the slot that was refused, for what is only looked at there (kernel/bpf/verifier.c, 6.18, do_check).</summary>
    private bool IsLeftOut(BpfProgram program, Verdict refusal, TargetRun run) =>
        verifying.Contains(run.Target) && refusal.Pc is { } pc && Detour.Exists(program, pc) && refusal.Reason switch
        {
            ReasonClass.ReservedField or ReasonClass.InvalidRegister or ReasonClass.ReadOnlyRegister or ReasonClass.UnknownKernelFunction => true,
            ReasonClass.UnknownOpcode => InstructionTable.Find(program.Instructions[pc]) is not null, // it is one, and other types of programs have it
            _ => false,
        };

    /// <param name="program">What was refused.</param>
    /// <param name="reference">Who has accepted it.</param>
    /// <param name="run">Who has not.</param>
    private bool IsWrongRefusal(BpfProgram program, TargetRun reference, TargetRun run)
    {
        ReasonClass reason = run.Verdict.Reason;
        if (tellsStricter && reference.HasReturned) return true;
        if (reason.IsOfFunctions() && JumpTargets.HaveFunctions(program.Instructions.AsSpan())) return false;
        return reason.IsOfEncoding() || (trusting.Contains(run.Target) && !reason.IsOfAnyMachine() && reference.HasReturned);
    }
}
