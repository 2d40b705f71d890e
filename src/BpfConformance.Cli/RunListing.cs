using BpfConformance.Engine.Comparison;
using BpfConformance.Reporting;

namespace BpfConformance.Cli;

/// <summary>What <c>run</c> prints of a target: failures, the first in full, and of whatever was not compared, how often and why.</summary>
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
            output.WriteLine($"{target.Name}: {folder.Count()} more failed{where} ({Names(folder)})");
        }

        foreach (var group in target.Results
            .Where(result => result.Status is CaseStatus.Unsupported or CaseStatus.Inconclusive or CaseStatus.Deviates)
            .GroupBy(result => (result.Status, Reason: ReportText.FirstLine(result.Reason))))
        {
            output.WriteLine($"{target.Name}: {group.Count()} {ReportText.Word(group.Key.Status)}: {group.Key.Reason} ({Names(group)})");
        }
    }

    private static string Names(IEnumerable<ResultReport> results)
    {
        string[] names = [.. results.Take(NamesShown + 1).Select(result => result.Name)];
        return string.Join(", ", names.Take(NamesShown)) + (names.Length > NamesShown ? ", …" : string.Empty);
    }
}
