using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Coverage;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Valid;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Campaigns;

/// <summary>Generates the cases of ranges, runs and judges them. One thread.</summary>
/// <param name="targets">The reference first; they stay the caller's.</param>
/// <param name="oracles">Who judges.</param>
/// <param name="inspectors">Who looks closer at some of them.</param>
/// <param name="filer">Who says what kind of finding it is.</param>
/// <param name="journal">Where it stands which case is in hand.</param>
/// <param name="tell">Told the first finding of each kind, and what came of cases: of a range at its end, and from time to time before.</param>
public sealed class RangeRunner(
    IReadOnlyList<IExecutionTarget> targets, OracleSet oracles, InspectorSet inspectors, IFindingFiler filer, CaseJournal journal, Action<WorkerMessage> tell)
{
    /// <summary>Whatever ends the campaign, what was told more than a second before is kept.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(250);

    /// <summary>Programs that end do so long before; those without end are not worth more.</summary>
    private const long Budget = 1 << 18;

    private readonly ExperimentRunner _runner = new(targets) { Asking = journal.Ask };
    private readonly ExperimentRunner _guarded = new([.. targets.Select(target => new LimitedTarget(target, FindingInspector.IsKernel(target.Name)))]) { Asking = journal.Ask };
    private readonly Dictionary<string, IProgramGenerator> _generators = [];
    private readonly FindingDesk _desk = new(filer, journal, tell);
    private readonly BitSet _covered = new();

    /// <summary>Who may be asked for cases.</summary>
    public required ImmutableArray<Profile> Profiles { get; init; }

    /// <summary>The seed of the campaign.</summary>
    public required ulong Seed { get; init; }

    public required GeneratorLimits Limits { get; init; }

    /// <summary>Whether the machine can go down with a case, so that the range must be on the disk before.</summary>
    public bool CanBreakMachine { get; init; }

    /// <summary>Runs it, until the journal says that it is asked to end: then what is left is told to be.</summary>
    public void Run(CaseRange range)
    {
        if (journal.IsEndAsked)
        {
            tell(new RangePart(range.Number, range.First, new CaseCounts()) { IsLast = true });
            return;
        }

        Profile profile = Profiles.First(each => each.Name == range.Profile);
        IProgramGenerator generator = GeneratorOf(profile);
        ExperimentRunner runner = profile.IsMutating ? _guarded : _runner;
        var counts = new CaseCounts();
        long told = Stopwatch.GetTimestamp();
        journal.BeginRange(range, Seed, CanBreakMachine);
        for (long index = range.First; index < range.First + range.Count; index++)
        {
            if (range.Skipped.Contains(index)) continue;
            bool isEndAsked = journal.IsEndAsked;
            if (isEndAsked || Stopwatch.GetElapsedTime(told) > s_longest)
            {
                tell(new RangePart(range.Number, index, counts) { IsLast = isEndAsked });
                (counts, told) = (new CaseCounts(), Stopwatch.GetTimestamp());
            }

            if (isEndAsked)
            {
                journal.EndRange();
                return;
            }

            CaseId id = range.Id(Seed, index);
            journal.BeginCase(index);
            Entropy entropy = id.Entropy;
            TestCase test = generator.Next(ref entropy, Limits) with { InstructionBudget = Budget };
            if (!Limits.Hold(test.Program)) continue; // changed and broken programs may have more than they began with
            journal.Run(test.Program.Instructions.AsSpan(), range.IsCareful);
            Experiment experiment = runner.Run(test);
            Count(experiment, (generator as IShapedGenerator)?.LastShape, counts);
            Judge(id, experiment, isInspected: !(profile.IsMutating && CanBreakMachine), counts);
        }

        journal.EndRange();
        tell(new RangeDone(range.Number, counts));
    }

    private void Count(Experiment experiment, GeneratedShape? shape, CaseCounts counts)
    {
        counts.Add(experiment);
        if (experiment.Runs.All(run => run.Verdict.Kind == VerdictKind.Accepted)) CoverageMap.Add(experiment.Case.Program, shape, _covered, counts.Covered);
    }

    /// <param name="id">Of the case.</param>
    /// <param name="experiment">What came of it.</param>
    /// <param name="isInspected">Whether inspectors may have it: they load it and others like it, and ask nobody whether a verifier can bear that.</param>
    /// <param name="counts">What is counted.</param>
    private void Judge(CaseId id, Experiment experiment, bool isInspected, CaseCounts counts)
    {
        IEnumerable<Finding> findings = oracles.Judge(experiment);
        if (isInspected) findings = findings.Concat(inspectors.Inspect(id, experiment));

        // A target that is wrong once is wrong in much that follows: the first says it.
        foreach (Finding finding in findings.DistinctBy(finding => (finding.Oracle, finding.Target)))
        {
            counts.AddFinding(_desk.SlugOf(id, experiment, finding));
        }
    }

    private IProgramGenerator GeneratorOf(Profile profile)
    {
        if (!_generators.TryGetValue(profile.Name, out IProgramGenerator? generator))
        {
            _generators.Add(profile.Name, generator = profile.Create());
        }

        return generator;
    }
}
