using System.Collections.Immutable;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Reduction;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>Tells findings apart by the first instruction after which targets differ, makes their cases small, and keeps them in all forms that show it.</summary>
/// <param name="targets">The reference first; they stay the caller's.</param>
/// <param name="oracles">Who has found it.</param>
/// <param name="asking">As of <see cref="ExperimentRunner.Asking"/>.</param>
public sealed class ReducingFiler(IReadOnlyList<IExecutionTarget> targets, OracleSet oracles, Action<string?>? asking) : IFindingFiler
{
    /// <summary>For one finding: other cases wait meanwhile, and so does who has ended the campaign.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    private readonly PlainFiler _plain = new();
    private readonly Dictionary<string, FindingInspector> _inspectors =
        targets.Skip(1).ToDictionary(target => target.Name, target => new FindingInspector(targets[0], target, oracles, asking), StringComparer.Ordinal);

    /// <summary>Whether the kernel's constants are blinded meanwhile.</summary>
    public bool IsHardened { get; init; }

    /// <summary>As of <see cref="FiledFinding.Write"/>, by the name of the target.</summary>
    public Func<string, string> OptionsFor { get; init; } = _ => string.Empty;

    public FindingSignature SignatureOf(Experiment experiment, Finding finding) => _inspectors.TryGetValue(finding.Target, out FindingInspector? inspector)
        ? inspector.SignatureOf(CaseOf(experiment, finding), finding)
        : _plain.SignatureOf(experiment, finding);

    public FoundCase File(CaseId id, Experiment experiment, Finding finding, FindingSignature signature)
    {
        TestCase test = CaseOf(experiment, finding);
        TargetRun reference = finding.Variant is null ? experiment.Runs[0] : new ExperimentRunner([targets[0]]) { Asking = asking }.Run(test).Runs[0];
        TestCase? stated = StatedCase.Of(test, reference);
        if (stated is not null && IsHardened && FindingInspector.IsKernel(finding.Target)) stated = stated with { Note = HardeningDefinitions.Remark };
        FoundCase plain = _plain.File(id, experiment, finding, signature) with { Files = Untried(stated, test) };
        if (!FindingInspector.MayBeAskedAgain(finding)) return plain with { WhyNotFiled = $"{finding.Target} is not asked again about what broke it" };
        if (!_inspectors.TryGetValue(finding.Target, out FindingInspector? inspector)) return plain with { WhyNotFiled = $"there is nothing to hold {finding.Target} against" };
        using var limit = new CancellationTokenSource(s_limit);
        ReducedFinding reduced = inspector.Reduce(test, finding, Reducer.Default, limit.Token);
        if (reduced.Reduction.End == ReductionEnd.NeverHeld) return plain with { WhyNotFiled = "its case was run again at once, and did not show it" };
        IExecutionTarget target = targets.First(each => each.Name == finding.Target);
        FoundCase filed = plain with { Files = FiledFinding.FilesOf(reduced with { Signature = signature }, targets[0], target, IsHardened, OptionsFor(finding.Target), asking) };
        return filed.Files.ContainsKey(Reproducing.VectorName) ? filed : filed with { WhyNotFiled = $"there is no vector that shows it; {FindingPage.FileName} says why, and of the other files" };
    }

    /// <summary>The case that shows it by itself.</summary>
    private static TestCase CaseOf(Experiment experiment, Finding finding) => finding.Variant ?? experiment.Case;

    private static ImmutableSortedDictionary<string, string> Untried(TestCase? stated, TestCase bare)
    {
        Reproduction whole = Reproducing.Untried(stated, bare);
        return ImmutableSortedDictionary<string, string>.Empty.Add(whole.FileName, whole.Text!); // it is written
    }
}
