using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Reporting;

/// <summary>Collects the results of a run while it goes on, and makes the report of them.</summary>
/// <param name="header">What was known before.</param>
/// <param name="targets">In the order of the runner.</param>
public sealed class RunReportBuilder(RunHeader header, IReadOnlyList<IExecutionTarget> targets)
{
    private readonly ImmutableArray<ResultReport>.Builder[] _results =
        [.. targets.Select(_ => ImmutableArray.CreateBuilder<ResultReport>())];

    private int _cases;

    /// <summary>Adds a case's results: one for each target, in their order.</summary>
    public void Add(ImmutableArray<CaseResult> results)
    {
        _cases++;
        for (int i = 0; i < results.Length; i++) _results[i].Add(ReportOf(results[i]));
    }

    /// <param name="selected">How many cases there were to ask.</param>
    /// <param name="duration">Of the whole run.</param>
    /// <param name="files">Where the cases came from: its warnings and errors belong to the report.</param>
    /// <param name="unavailable">Targets that were wanted and could not be had.</param>
    public RunReport Build(int selected, TimeSpan duration, CaseSet files, ImmutableArray<UnavailableTarget> unavailable) => new()
    {
        Run = header,
        DurationSeconds = duration.TotalSeconds,
        Selected = selected,
        Cases = _cases,
        Errors = [.. files.Errors.Select(error => new FileNote(error.File, error.Line, error.Message))],
        Warnings = [.. files.Warnings.Select(warning => new FileNote(warning.File, warning.Line, warning.Message))],
        Targets = [.. targets.Zip(_results, (target, results) => ReportOf(target, results.ToImmutable()))],
        Unavailable = unavailable,
    };

    private static TargetReport ReportOf(IExecutionTarget target, ImmutableArray<ResultReport> results) => new(
        target.Name,
        target.Capabilities.Version,
        CountsOf(results),
        [
            .. results.GroupBy(result => result.Group)
                .OrderBy(group => Vocabulary.Groups.TryParse(group.Key, out ConformanceGroup known) ? known : (ConformanceGroup)byte.MaxValue)
                .ThenBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new GroupReport(group.Key, CountsOf([.. group]))),
        ],
        [.. target.Capabilities.Probes.Select(probe => new ProbeReport(probe.Name, probe.Available, probe.Detail))],
        results);

    private static Counts CountsOf(ImmutableArray<ResultReport> results) =>
        Counts.Of([.. results.Select(result => result.Status)]);

    private static ResultReport ReportOf(CaseResult result)
    {
        TestCase test = result.Case;
        ImmutableArray<FindingReport> findings = [.. result.Findings.Select(finding => ReportOf(test, finding))];
        return new ResultReport(
            test.Name,
            test.File,
            result.Line,
            test.SubjectName,
            [.. test.Groups.Select(each => Vocabulary.Groups[each])],
            test.Cpu,
            result.Status,
            result.Reason,
            result.RejectedFor,
            findings)
        {
            AskedAgain = result.AskedAgain,
        };
    }

    private static FindingReport ReportOf(TestCase test, Finding finding)
    {
        int? pc = finding.PcIn(test);
        return new FindingReport(
            finding.Oracle,
            finding.Facet,
            finding.Input,
            finding.LineIn(test),
            finding.Expected,
            finding.Got,
            pc,
            ProgramListing.Of(test, finding))
        {
            What = ReportText.What(test, finding),
            Step = finding is { Input: { } input, Line: null } ? test.Inputs[input].Text : string.Empty,
        };
    }
}
