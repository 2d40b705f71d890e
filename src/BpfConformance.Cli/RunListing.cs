using System.Collections.Immutable;
using BpfConformance.Engine.Comparison;
using BpfConformance.Reporting;

namespace BpfConformance.Cli;

/// <summary>What <c>run</c> prints: of a target failures, the first in full, and of whatever was not compared, how often and why; in the end whether all is well.</summary>
internal static class RunListing
{
    private const int NamesShown = 3;

    /// <param name="target">What there is of it.</param>
    /// <param name="failures">How many failures are shown in full.</param>
    /// <param name="output">Where to.</param>
    public static void Write(TargetReport target, int failures, TextWriter output)
    {
        List<ResultReport> failed = [.. target.Results.Where(result => result.Status == CaseStatus.Failed)];
        foreach (ResultReport result in failed.Take(failures)) output.WriteLine(ReportText.Failure(target.Name, result));
        foreach (var folder in failed.Skip(failures).GroupBy(result => Path.GetDirectoryName(result.Name)))
        {
            string where = string.IsNullOrEmpty(folder.Key) ? string.Empty : $" in {folder.Key}";
            Terminal.WriteWrapped(output, HeadOf(target), $"{folder.Count()} more failed{where} ({Names(folder)})");
        }

        foreach (var group in target.Results
            .Where(result => result.Status is CaseStatus.Unsupported or CaseStatus.Inconclusive or CaseStatus.Deviates)
            .GroupBy(result => (result.Status, Reason: ReportText.FirstLine(result.Reason))))
        {
            Terminal.WriteWrapped(output, HeadOf(target), $"{group.Count()} {ReportText.Word(group.Key.Status)}: {group.Key.Reason} ({Names(group)})");
        }
    }

    /// <summary>How many cases ended how.</summary>
    public static void WriteSummary(TargetReport target, TextWriter output) =>
        Terminal.WriteWrapped(output, HeadOf(target), ReportText.Summary(target));

    /// <summary>The last line: that nothing failed, or what did.</summary>
    /// <param name="report">All that ran.</param>
    /// <param name="silent">Targets on which something had to run, and nothing did.</param>
    /// <param name="badFiles">Errors in files.</param>
    /// <param name="claimsHold">Whether no claim fails that was asked for.</param>
    public static string Conclusion(RunReport report, ImmutableArray<string> silent, int badFiles, bool claimsHold)
    {
        string failed = string.Join(", ", report.Targets.Where(target => target.Counts.Failed > 0).Select(target => $"{target.Counts.Failed} on {target.Name}"));
        string?[] wrong =
        [
            failed.Length > 0 ? $"failed: {failed}" : null,
            silent.IsEmpty ? null : $"nothing ran on {string.Join(", ", silent)}",
            badFiles > 0 ? ReportText.BadFiles(badFiles) : null,
            claimsHold ? null : "not every claim holds",
        ];
        return wrong.Any(each => each is not null) ? string.Join("; ", wrong.OfType<string>()) : "nothing failed";
    }

    private static string HeadOf(TargetReport target) => $"{target.Name}: ";

    private static string Names(IEnumerable<ResultReport> results)
    {
        string[] names = [.. results.Take(NamesShown + 1).Select(result => result.Name)];
        return string.Join(", ", names.Take(NamesShown)) + (names.Length > NamesShown ? ", …" : string.Empty);
    }
}
