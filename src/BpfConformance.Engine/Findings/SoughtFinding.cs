using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Oracles.Variants;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Findings;

/// <summary>What is known of a finding that other cases may show, too.</summary>
/// <param name="signature">Its signature.</param>
internal sealed class SoughtFinding(FindingSignature signature)
{
    private readonly InstructionDef? _row = InstructionTable.Rows.FirstOrDefault(each => each.Name == signature.Form);

    private readonly string? _variant = VariantOracle.VariantOf(signature.Oracle);

    public FindingSignature Signature => signature;

    /// <summary>The case without the flag that makes the difference, which must not show it, too; <c>null</c>: it is about no flag.</summary>
    public TestCase? AsGiven(TestCase test) => _variant is null ? null : CaseVariants.AsGiven(_variant, test);

    /// <summary>How both must end: where the reference faults, a target that tracks less does not, and that is another thing; so is another fault.</summary>
    public RunEnds Ends { get; init; }

    /// <summary>Whether both agree where its path is gone straight on: what an instruction shows there is another.</summary>
    public bool IsOfNoInstruction { get; init; }

    /// <summary>Without the instruction it cannot be the first that differs, and most cases of a reduction are without something.</summary>
    public bool MayBeIn(TestCase test) => _row is null || test.Program.Instructions.Any(slot => _row.Matches(slot));

    /// <summary>The reference does the same with a variant as with the case as given: a run that is another than that shows when the variant alone is held against it.</summary>
    public bool IsOfOracle(Finding finding) => finding.Oracle == signature.Oracle || (finding.Oracle == StateOracle.OracleName && _variant is not null);

    /// <summary>Whether a finding is like it in all but the form.</summary>
    public bool IsLike(Experiment experiment, Finding finding) =>
        IsOfOracle(finding) && finding.Facet.ToString() == signature.Facet && (Ends == default || RunEnds.Of(experiment, finding) == Ends);
}

/// <summary>How the runs ended that a finding is about.</summary>
/// <param name="Reference">That of the reference; <c>null</c>: there was none.</param>
/// <param name="Target">That of the target; <c>null</c>: there was none.</param>
internal readonly record struct RunEnds((ExecutionStatus Status, FaultKind Fault)? Reference, (ExecutionStatus Status, FaultKind Fault)? Target)
{
    /// <param name="experiment">Of the reference and the target.</param>
    /// <param name="finding">What was found in it.</param>
    public static RunEnds Of(Experiment experiment, Finding finding) =>
        finding.Input is { } input ? new RunEnds(EndOf(experiment.Runs[0], input), EndOf(experiment.Runs[1], input)) : default;

    private static (ExecutionStatus Status, FaultKind Fault)? EndOf(TargetRun run, int input) =>
        run.Observations is { } seen ? (seen[input].Status, seen[input].Fault) : null;
}
