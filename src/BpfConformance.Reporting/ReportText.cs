using System.Text;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;

namespace BpfConformance.Reporting;

/// <summary>The pieces of a report that the console and the files share.</summary>
public static class ReportText
{
    /// <summary>Findings of a case that are shown in full; machines that are wrong once are often wrong in every run.</summary>
    public const int FindingsShown = 3;

    /// <summary>Characters of a step.</summary>
    private const int StepLength = 160;

    /// <summary>What came of a target: <c>312 passed, 0 failed, 1 unsupported, 0 deviations</c>, and what else there was.</summary>
    public static string Summary(TargetReport target)
    {
        Counts counts = target.Counts;
        string line = $"{counts.Passed} passed, {counts.Failed} failed, {counts.Unsupported} unsupported, {counts.Deviations} deviations";
        if (counts.LegalDivergences > 0) line += $", {counts.LegalDivergences} legal {(counts.LegalDivergences == 1 ? "divergence" : "divergences")}";
        if (counts.Inconclusive > 0) line += $", {counts.Inconclusive} inconclusive";
        if (AskedAgain(target) is var again and > 0) line += $"; {again} of them asked again";
        return line;
    }

    /// <summary>How many cases a target was asked again, as they may have failed for want of memory.</summary>
    public static int AskedAgain(TargetReport target) => target.Results.Count(result => result.AskedAgain > 0);

    /// <summary>Said where there is something that could not be read.</summary>
    public static string BadFiles(int errors) => $"{errors} {(errors == 1 ? "error" : "errors")} in files, which gave no case";

    /// <summary>A failed case: for each finding the place, what is wrong, what was expected, and the program around it.</summary>
    public static string Failure(string target, ResultReport result)
    {
        var text = new StringBuilder();
        string shown = string.Empty;
        foreach (FindingReport finding in result.Findings.Take(FindingsShown))
        {
            text.Append($"{Place(result.File, finding.Line)}: {target}: {finding.What}\n");
            if (finding.Step.Length > 0) text.Append($"  {StepOf(finding)}\n");
            text.Append($"  expected  {finding.Expected}\n");
            text.Append($"  got       {finding.Got}\n");

            // Runs that go wrong in the same place share the listing.
            string listing = Listing(finding);
            if (listing != shown) text.Append(listing);
            shown = listing;
        }

        int more = result.Findings.Length - FindingsShown;
        if (more > 0) text.Append($"  and {more} more {(more == 1 ? "finding" : "findings")} in this case\n");
        return text.ToString();
    }

    /// <summary>The program around a finding, a line an instruction, the one that it is about marked with <c>&gt;</c>.</summary>
    public static string Listing(FindingReport finding) =>
        string.Concat(finding.Listing.Select(line => $"  {(line.IsMarked ? '>' : ' ')} {line.Pc,4}: {line.Text}\n"));

    /// <summary>The step of a finding; of a long one the beginning.</summary>
    public static string StepOf(FindingReport finding) => finding.Step.Length <= StepLength ? finding.Step : finding.Step[..StepLength] + "…";

    /// <summary>In a few words, what a finding is about.</summary>
    public static string What(TestCase test, Finding finding)
    {
        bool isOfUserSpace = finding.Input is { } index && test.Inputs[index].Step is not null;
        string what = finding.Facet switch
        {
            Facets.Status => finding.Input is null ? "wrong verdict" : isOfUserSpace ? "wrong end" : "wrong end of the run",
            Facets.R0 or Facets.Data when isOfUserSpace => "wrong result",
            Facets.R0 => "wrong r0",
            Facets.Registers => "wrong registers",
            Facets.Data => "wrong bytes",
            Facets.FaultKind => "wrong kind of fault",
            Facets.FaultPc => "fault at the wrong place",
            Facets.Instructions => "wrong count of instructions",
            Facets.Maps => "wrong contents of a map",
            Facets.Context => "wrong field of a context",
            Facets.HelperTrace => "wrong calls of helpers",
            Facets.Signature => "wrong results",
            Facets.None or Facets.All => "wrong",
        };
        if (finding.Input is not { } input || (input == 0 && !test.IsSequence)) return what;
        string relation = finding.Facet is Facets.Maps or Facets.Context ? "after" : isOfUserSpace ? "of" : "in";
        return $"{what} {relation} {InputText.Of(test, input)}";
    }

    /// <summary>A status in a sentence: <c>3 unsupported: lacks callx</c>.</summary>
    public static string Word(CaseStatus status) => status switch
    {
        CaseStatus.Passed => "passed",
        CaseStatus.Failed => "failed",
        CaseStatus.Deviates => "deviating",
        CaseStatus.Unsupported => "unsupported",
        CaseStatus.LegalDivergence => "legally divergent",
        CaseStatus.Inconclusive => "inconclusive",
    };

    public static string FirstLine(string text) => text.Split('\n', 2)[0];

    public static string Place(string file, int line) => line == 0 ? file : $"{file}:{line}";
}
