using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Reporting;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting;

[TestFixture]
public sealed class ReportTests
{
    [Test]
    public void Markdown_OneOfEverything_AsVerified()
    {
        using var text = new StringWriter();
        MarkdownReport.Write(SampleReport.Create(), text);

        Snapshot.Verify(text.ToString());
    }

    [Test]
    public void Json_OneOfEverything_AsVerified() => Snapshot.Verify(Json(SampleReport.Create()));

    [Test]
    public void JUnit_OneOfEverything_AsVerified()
    {
        using var stream = new MemoryStream();
        JUnitReport.Write(SampleReport.Create(), stream);

        Snapshot.Verify(Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Test]
    public void JUnit_ControlCharacters_AreReplaced()
    {
        RunReport report = SampleReport.Create() with { Errors = [new FileNote("a\0b", 0, "x\u0001\ufffe\ud800y\U0001F600")] };
        using var stream = new MemoryStream();

        JUnitReport.Write(report, stream);

        XElement error = XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).Descendants("error").Single();
        Assert.That(error.Attribute("message")!.Value, Is.EqualTo("x\ufffd\ufffd\ufffdy\U0001F600"));
    }

    [Test]
    public void Json_ActualReport_FollowsTheSchema()
    {
        using JsonDocument schema = ReadSchema();
        using JsonDocument report = JsonDocument.Parse(Json(SampleReport.Create()));

        Assert.That(new SchemaCheck(schema.RootElement).Violations(report.RootElement), Is.Empty);
    }

    [Test]
    public void Json_CaseOfEachFolder_FollowsTheSchema()
    {
        using var reference = new ReferenceTarget();
        var builder = new RunReportBuilder(new RunHeader("bpfconf", "1", [], "x", DateTimeOffset.UnixEpoch), [reference]);
        var runner = new ExperimentRunner([reference]);
        string[] files = [.. Directory.GetDirectories(Repository.PathOf("conformance")).SelectMany(folder => Directory.GetFiles(folder, "*.vector").Order().Take(1))];
        foreach (string file in files)
        {
            string name = $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)}";
            builder.Add([.. CaseJudge.ForVectors.Judge(runner.Run(VectorReader.Read(File.ReadAllText(file), file, name)))]);
        }

        using JsonDocument schema = ReadSchema();
        using JsonDocument report = JsonDocument.Parse(Json(builder.Build(files.Length, TimeSpan.Zero, new CaseSet([], [], []), [])));

        Assert.That(files, Has.Length.GreaterThan(10));
        Assert.That(new SchemaCheck(schema.RootElement).Violations(report.RootElement), Is.Empty);
    }

    [TestCase("\"version\": \"1\"", "\"version\": \"2\"", "$.version: not \"1\"")]
    [TestCase("\"durationSeconds\": 1.25", "\"durationSeconds\": \"1\"", "$.durationSeconds: not of type number")]
    [TestCase("\"status\": \"legal-divergence\"", "\"status\": \"fine\"", "$.targets[1].results[3].status: not one of the values")]
    [TestCase("\"cases\": 8,", "", "$: lacks cases")]
    [TestCase("\"cases\": 8,", "\"cases\": 8, \"more\": 1,", "$: unknown member more")]
    [TestCase("\"cases\": 8,", "\"cases\": -8,", "$.cases: below 0")]
    public void Json_WrongReport_IsSeenByTheSchema(string right, string wrong, string violation)
    {
        using JsonDocument schema = ReadSchema();
        string text = Json(SampleReport.Create());
        Assert.That(text, Does.Contain(right));

        using JsonDocument report = JsonDocument.Parse(text.Replace(right, wrong, StringComparison.Ordinal));

        Assert.That(new SchemaCheck(schema.RootElement).Violations(report.RootElement), Is.EqualTo(new[] { violation }));
    }

    [Test]
    public void Summary_EveryTarget_IsOneLine()
    {
        Assert.That(SampleReport.Create().Targets.Select(ReportText.Summary), Is.EqualTo(new[]
        {
            "7 passed, 1 failed, 0 unsupported, 0 deviations",
            "1 passed, 3 failed, 1 unsupported, 1 deviations, 1 legal divergence, 1 inconclusive",
        }));
    }

    [Test]
    public void AskedAgain_IsToldInTheTotals()
    {
        RunReport report = SampleReport.Create();
        TargetReport machine = report.Targets[1] with { Results = [.. report.Targets[1].Results.Select((result, index) => result with { AskedAgain = index < 2 ? 1 : 0 })] };
        using var markdown = new StringWriter();
        MarkdownReport.Write(report with { Targets = [machine] }, markdown);

        Assert.That(ReportText.Summary(machine), Does.EndWith(", 1 inconclusive; 2 of them asked again"));
        Assert.That(markdown.ToString(), Does.Contain("\nmachine was asked 2 cases again, which may have failed for want of memory.\n"));
        using JsonDocument schema = ReadSchema();
        using JsonDocument json = JsonDocument.Parse(Json(report with { Targets = [machine] }));
        Assert.That(new SchemaCheck(schema.RootElement).Violations(json.RootElement), Is.Empty);
    }

    [Test]
    public void Failure_ForTheConsole_AsVerified()
    {
        TargetReport machine = SampleReport.Create().Targets[1];

        Snapshot.Verify(string.Join('\n', machine.Results.Where(result => result.Findings.Length > 0)
            .Select(result => ReportText.Failure(machine.Name, result))));
    }

    [Test]
    public void Folder_WriteTwice_HasTheThreeFiles()
    {
        string folder = Path.Combine(Directory.CreateTempSubdirectory("bpfconf-report-").FullName, "deep/er");

        for (int i = 0; i < 2; i++)
        {
            var files = new ReportFiles();
            files.AddFolder(folder);
            files.Write(SampleReport.Create(), claims: null);
        }

        Assert.That(
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Is.EqualTo(new[] { "junit.xml", "report.json", "report.md" }));
    }

    private static JsonDocument ReadSchema() =>
        JsonDocument.Parse(File.ReadAllText(Repository.PathOf("conformance", "schemas", "run-report.schema.json")));

    private static string Json(RunReport report)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(report, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
