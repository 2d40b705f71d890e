using System.Globalization;
using System.Text;
using System.Xml;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Reporting;

/// <summary>Writes a report as JUnit XML: a test suite for each target, and one for files that gave no case.</summary>
public static class JUnitReport
{
    private static readonly XmlWriterSettings s_settings = new()
    {
        Indent = true,
        NewLineChars = "\n",
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
    };

    public static void Write(RunReport report, Stream stream)
    {
        using var xml = XmlWriter.Create(stream, s_settings);
        xml.WriteStartElement("testsuites");
        Attribute(xml, "name", report.Run.Tool);
        Attribute(xml, "tests", report.Targets.Sum(target => target.Counts.Total) + report.Errors.Length);
        Attribute(xml, "failures", report.Targets.Sum(target => target.Counts.Failed));
        Attribute(xml, "errors", report.Errors.Length + (report.Cases < report.Selected ? 1 : 0));
        Attribute(xml, "skipped", report.Targets.Sum(Skipped));
        Attribute(xml, "time", report.DurationSeconds.ToString("0.000", CultureInfo.InvariantCulture));
        foreach (TargetReport target in report.Targets) WriteTarget(xml, report, target);
        if (!report.Errors.IsEmpty) WriteErrors(xml, report);
        if (report.Cases < report.Selected) WriteInterruption(xml, report);
        xml.WriteEndElement();
    }

    private static void WriteTarget(XmlWriter xml, RunReport report, TargetReport target)
    {
        StartSuite(xml, report, target.Name, target.Counts.Total, target.Counts.Failed, errors: 0, Skipped(target));
        xml.WriteStartElement("properties");
        xml.WriteStartElement("property");
        Attribute(xml, "name", "version");
        Attribute(xml, "value", target.Version);
        xml.WriteEndElement();
        xml.WriteEndElement();
        foreach (ResultReport result in target.Results) WriteResult(xml, target.Name, result);
        xml.WriteEndElement();
    }

    private static void WriteResult(XmlWriter xml, string target, ResultReport result)
    {
        StartCase(xml, result.Name, $"{target}.{result.Group}", result.File, result.Line);
        switch (result.Status)
        {
            case CaseStatus.Failed:
                xml.WriteStartElement("failure");
                Attribute(xml, "message", result.Reason);
                Attribute(xml, "type", result.Findings[0].Oracle);
                xml.WriteString(Sanitize(ReportText.Failure(target, result)));
                xml.WriteEndElement();
                break;
            case CaseStatus.Unsupported or CaseStatus.Inconclusive or CaseStatus.Deviates:
                xml.WriteStartElement("skipped");
                Attribute(xml, "message", $"{ReportText.Word(result.Status)}: {result.Reason}");
                xml.WriteEndElement();
                break;
            case CaseStatus.Passed or CaseStatus.LegalDivergence:
                if (result.Reason.Length > 0) xml.WriteElementString("system-out", Sanitize(result.Reason));
                break;
        }

        xml.WriteEndElement();
    }

    private static void WriteErrors(XmlWriter xml, RunReport report)
    {
        StartSuite(xml, report, "case files", report.Errors.Length, failures: 0, report.Errors.Length, skipped: 0);
        foreach (FileNote error in report.Errors)
        {
            StartCase(xml, error.File, "case files", error.File, error.Line);
            xml.WriteStartElement("error");
            Attribute(xml, "message", error.Message);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteInterruption(XmlWriter xml, RunReport report)
    {
        StartSuite(xml, report, "run", tests: 1, failures: 0, errors: 1, skipped: 0);
        StartCase(xml, "all cases", "run", file: string.Empty, line: 0);
        xml.WriteStartElement("error");
        Attribute(xml, "message", $"interrupted after {report.Cases} of {report.Selected} cases");
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void StartSuite(XmlWriter xml, RunReport report, string name, int tests, int failures, int errors, int skipped)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", name);
        Attribute(xml, "tests", tests);
        Attribute(xml, "failures", failures);
        Attribute(xml, "errors", errors);
        Attribute(xml, "skipped", skipped);
        Attribute(xml, "timestamp", report.Run.Started.UtcDateTime.ToString("s", CultureInfo.InvariantCulture));
    }

    private static void StartCase(XmlWriter xml, string name, string className, string file, int line)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "name", name);
        Attribute(xml, "classname", className);
        Attribute(xml, "file", file);
        if (line > 0) Attribute(xml, "line", line);
    }

    private static int Skipped(TargetReport target) => target.Counts.Unsupported + target.Counts.Inconclusive + target.Counts.Deviations;

    private static void Attribute(XmlWriter xml, string name, int value) =>
        xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Sanitize(value));

    /// <summary>Messages of kernels and plug-ins hold any character; XML does not.</summary>
    private static string Sanitize(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isAllowed = !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value);
            clean.Append(isAllowed ? rune.ToString() : "\ufffd");
        }

        return clean.ToString();
    }
}
