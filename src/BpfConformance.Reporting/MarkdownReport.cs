using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Reporting;

/// <summary>Writes a report as Markdown, to be read on GitHub or as it is.</summary>
public sealed class MarkdownReport
{
    private const int FailuresShown = 50;
    private const int NamesShown = 6;

    private readonly RunReport _report;
    private readonly TextWriter _writer;

    private MarkdownReport(RunReport report, TextWriter writer) => (_report, _writer) = (report, writer);

    public static void Write(RunReport report, TextWriter writer)
    {
        var markdown = new MarkdownReport(report, writer);
        markdown.WriteHeader();
        markdown.WriteSummary();
        markdown.WriteGroups();
        markdown.WriteFailures();
        markdown.WriteRemarks();
        markdown.WriteNotes("Files that could not be read", report.Errors);
        markdown.WriteNotes("Warnings", report.Warnings);
        markdown.WriteReproduction();
    }

    private void WriteHeader()
    {
        RunHeader run = _report.Run;
        int failed = _report.Targets.Sum(target => target.Counts.Failed);
        int asked = _report.Targets.Sum(target => target.Counts.Total - target.Counts.Unsupported);
        string verdict = failed > 0 ? $"❌ **{Count(failed, "failure")}**"
            : _report.Cases < _report.Selected ? $"⚠️ **Interrupted** after {_report.Cases} of {_report.Selected}"
            : asked == 0 ? "⚠️ **Nothing was run**"
            : !_report.Errors.IsEmpty ? "⚠️ **Some files could not be read**"
            : "✅ **Nothing failed**";
        Lines(
            "# eBPF conformance run",
            string.Empty,
            $"{verdict}: {Count(_report.Cases, "case")} on {Count(_report.Targets.Length, "target")}, in {_report.DurationSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s.",
            $"{MarkdownText.Escape(run.Tool)} {MarkdownText.Escape(run.ToolVersion)} on {MarkdownText.Escape(run.Host)},"
                + $" {run.Started.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC.",
            string.Empty);
    }

    private void WriteSummary()
    {
        Lines(
            "| Target | Version | Passed | Failed | Unsupported | Deviations | Legal divergences | Inconclusive |",
            "|:--|:--|--:|--:|--:|--:|--:|--:|");
        foreach (TargetReport target in _report.Targets)
        {
            Counts counts = target.Counts;
            string failed = counts.Failed > 0 ? $"❌ **{counts.Failed}**" : "0";
            Lines(
                $"| **{MarkdownText.Escape(target.Name)}** | {MarkdownText.Escape(target.Version)} | {counts.Passed} | {failed}"
                + $" | {counts.Unsupported} | {counts.Deviations} | {counts.LegalDivergences} | {counts.Inconclusive} |");
        }

        foreach (UnavailableTarget target in _report.Unavailable)
        {
            Lines($"| **{MarkdownText.Escape(target.Name)}** | not available: {MarkdownText.Escape(target.Reason)} | – | – | – | – | – | – |");
        }

        Lines(string.Empty);
        foreach (TargetReport target in _report.Targets)
        {
            if (ReportText.AskedAgain(target) is var again and > 0) Lines($"{MarkdownText.Escape(target.Name)} was asked {Count(again, "case")} again, which may have failed for want of memory.", string.Empty);
        }
    }

    private void WriteGroups()
    {
        ImmutableArray<string> groups = [.. _report.Targets.SelectMany(target => target.Groups).Select(group => group.Group).Distinct(StringComparer.Ordinal)];
        if (groups.IsEmpty) return;

        Lines(
            "## Conformance groups",
            string.Empty,
            "A case counts once: in the group that it is about. Instructions newer than the RFC have groups of their own.",
            string.Empty,
            $"| Group |{string.Concat(_report.Targets.Select(target => $" {MarkdownText.Escape(target.Name)} |"))}",
            $"|:--|{string.Concat(_report.Targets.Select(_ => ":--|"))}");
        foreach (string group in groups)
        {
            IEnumerable<string> cells = _report.Targets.Select(target =>
                target.Groups.FirstOrDefault(counted => counted.Group == group) is { } found ? $" {Cell(found.Counts)} |" : " |");
            Lines($"| `{group}` |{string.Concat(cells)}");
        }

        Lines(string.Empty);
    }

    private static string Cell(Counts counts)
    {
        int right = counts.Passed + counts.LegalDivergences;
        var parts = new List<string>();
        if (counts.Failed > 0) parts.Add($"❌ {counts.Failed} of {counts.Total} failed");
        else if (right > 0) parts.Add($"✅ {right}");
        if (counts.Deviations > 0) parts.Add(Count(counts.Deviations, "deviation"));
        if (counts.Unsupported > 0) parts.Add($"➖ {counts.Unsupported} unsupported");
        if (counts.Inconclusive > 0) parts.Add($"❔ {counts.Inconclusive} inconclusive");
        return string.Join(", ", parts);
    }

    private void WriteFailures()
    {
        (string Target, ResultReport Result)[] failures =
        [
            .. from target in _report.Targets
               from result in target.Results
               where result.Status == CaseStatus.Failed
               select (target.Name, result),
        ];
        if (failures.Length == 0) return;

        Lines("## Failures", string.Empty);
        foreach ((string target, ResultReport result) in failures.Take(FailuresShown)) WriteFailure(target, result);
        if (failures.Length <= FailuresShown) return;

        Lines($"### {failures.Length - FailuresShown} more", string.Empty);
        foreach ((string target, ResultReport result) in failures.Skip(FailuresShown))
        {
            Lines($"- {MarkdownText.Code(result.Name)} on {MarkdownText.Escape(target)}: {MarkdownText.Escape(result.Reason)}");
        }

        Lines(string.Empty);
    }

    private void WriteFailure(string target, ResultReport result)
    {
        Lines($"### {MarkdownText.Code(result.Name)} on {MarkdownText.Escape(target)}", string.Empty);
        string shown = string.Empty;
        foreach (FindingReport finding in result.Findings.Take(ReportText.FindingsShown))
        {
            Lines(
                $"**{finding.What}** at {MarkdownText.Code(ReportText.Place(result.File, finding.Line))}{(finding.Step.Length == 0 ? string.Empty : $": {MarkdownText.Code(ReportText.StepOf(finding))}")}",
                string.Empty,
                "| | |",
                "|:--|:--|",
                $"| expected | {MarkdownText.Code(finding.Expected)} |",
                $"| got | {MarkdownText.Code(finding.Got)} |",
                string.Empty);
            string listing = ReportText.Listing(finding);
            if (listing != shown) Lines(MarkdownText.Block(listing), string.Empty);
            shown = listing;
        }

        int more = result.Findings.Length - ReportText.FindingsShown;
        if (more > 0) Lines($"…and {Count(more, "more finding")} in this case.", string.Empty);
    }

    /// <summary>Whatever is neither a plain pass nor a failure, by reason: the reader must see what was not compared.</summary>
    private void WriteRemarks()
    {
        var remarks = (from target in _report.Targets
                       from result in target.Results
                       where result.Status != CaseStatus.Failed && result.Reason.Length > 0
                       group result by (target.Name, result.Status, What: WhatOf(result))).ToList();
        if (remarks.Count == 0) return;

        Lines(
            "## Deviations, unsupported, inconclusive, legally rejected",
            string.Empty,
            "| Target | What | Reason | Cases |",
            "|:--|:--|:--|:--|");
        foreach (var remark in remarks)
        {
            (string target, CaseStatus status, _) = remark.Key;
            string reason = remark.First().Reason;
            if (remark.Any(result => result.Reason != reason)) reason += ", and alike";
            Lines($"| {MarkdownText.Escape(target)} | {Word(status)} | {MarkdownText.Escape(reason)} | {Names([.. remark.Select(result => result.Name)])} |");
        }

        Lines(string.Empty);
    }

    /// <summary>Machines word the same rejection differently for every program; its class is what they share.</summary>
    private static string WhatOf(ResultReport result) =>
        result is { Status: CaseStatus.LegalDivergence, RejectedFor: { } reason } ? reason.ToString() : result.Reason;

    private static string Names(string[] names)
    {
        string shown = string.Join(", ", names.Take(NamesShown).Select(MarkdownText.Code));
        return names.Length > NamesShown ? $"**{names.Length}**: {shown}, …" : $"**{names.Length}**: {shown}";
    }

    private static string Word(CaseStatus status) => status switch
    {
        CaseStatus.Passed => "✅ passed, with a remark",
        CaseStatus.Failed => "❌ failed",
        CaseStatus.Deviates => "⚠️ deviation",
        CaseStatus.Unsupported => "➖ unsupported",
        CaseStatus.LegalDivergence => "✅ legal divergence",
        CaseStatus.Inconclusive => "❔ inconclusive",
    };

    private void WriteNotes(string title, ImmutableArray<FileNote> notes)
    {
        if (notes.IsEmpty) return;

        Lines($"## {title}", string.Empty);
        foreach (FileNote note in notes)
        {
            Lines($"- {MarkdownText.Code(ReportText.Place(note.File, note.Line))}: {MarkdownText.Escape(note.Message)}");
        }

        Lines(string.Empty);
    }

    private void WriteReproduction()
    {
        string command = string.Join(' ', _report.Run.Command.Prepend(_report.Run.Tool).Select(MarkdownText.ShellWord));
        Lines("## How to reproduce", string.Empty, MarkdownText.Block(command));
    }

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    private void Lines(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) _writer.Write(line + "\n");
    }
}
