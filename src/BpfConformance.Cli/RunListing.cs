using BpfConformance.Engine.Comparison;
using BpfConformance.Reporting;

namespace BpfConformance.Cli;

/// <summary>What <c>run</c> prints of a target: each failure in full, and of whatever was not compared, how often and why.</summary>
internal static class RunListing
{
    private const int NamesShown = 3;

    public static void Write(TargetReport target, TextWriter output)
    {
        foreach (ResultReport result in target.Results.Where(result => result.Status == CaseStatus.Failed))
        {
            output.WriteLine(ReportText.Failure(target.Name, result));
        }

        foreach (var group in target.Results
            .Where(result => result.Status is CaseStatus.Unsupported or CaseStatus.Inconclusive or CaseStatus.Deviates)
            .GroupBy(result => (result.Status, Reason: ReportText.FirstLine(result.Reason))))
        {
            string names = string.Join(", ", group.Take(NamesShown).Select(result => result.Name));
            string more = group.Count() > NamesShown ? ", …" : string.Empty;
            output.WriteLine($"{target.Name}: {group.Count()} {ReportText.Word(group.Key.Status)}: {group.Key.Reason} ({names}{more})");
        }
    }
}
