using System.Text;
using System.Text.Json;
using BpfConformance.Reporting;
using BpfConformance.Reporting.Bench;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting.Bench;

[TestFixture]
internal sealed class BenchReportTests
{
    [Test]
    public void Text_OfAllThereIs_AsVerified() => Snapshot.Verify(BenchText.Of(SampleBench.Create()));

    [Test]
    public void Text_OfAllThereIs_FitsInATerminal() =>
        Assert.That(BenchText.Of(SampleBench.Create()).Split('\n').Where(line => line.Length > 80), Is.Empty);

    [Test]
    public void Text_OfAllTargetsAndNative_IsOneTable()
    {
        BenchReport report = SampleBench.Create();

        string text = BenchText.Of(report with { Runs = [.. report.Runs.Where(run => run.Ratio is not null)], Loads = [], Pipelines = [] });

        Assert.That(text.Split('\n').Count(line => line.StartsWith("program  ", StringComparison.Ordinal)), Is.EqualTo(1), text);
    }

    [Test]
    public void Text_OfMoreTargetsThanThereIsRoomFor_GoesOnBelow()
    {
        string[] targets = [.. Enumerable.Range(0, 9).Select(i => $"some-machine-{i}")];
        BenchReport report = SampleBench.Create() with
        {
            Targets = [.. targets],
            Runs = [.. targets.Select(target => new RunSpeed("fnv1a", target, 1000, 5000, 1.5, false))],
            Loads = [],
            Pipelines = [],
        };

        string[] lines = BenchText.Of(report).Split('\n');

        Assert.That(lines.Where(line => line.Length > 80), Is.Empty);
        Assert.That(lines.Count(line => line.StartsWith("program  ", StringComparison.Ordinal)), Is.EqualTo(3));
        Assert.That(string.Join(' ', lines), Does.Contain("some-machine-0").And.Contains("some-machine-8"));
    }

    [Test]
    public void Text_OfProgramsWithMaps_IsATableOfItsOwnWithoutNative()
    {
        RunSpeed[] runs =
        [
            new("fnv1a", "native", 1000, 5000, 1, false),
            new("fnv1a", "kernel", 1500, 5000, 1.5, false),
            new("map-array", "kernel", 2000, 5000, 1, false) { UsesMaps = true },
            new("map-array", "x64", 3000, 5000, 1.5, false) { UsesMaps = true },
        ];

        string text = BenchText.Of(SampleBench.Create() with { Targets = ["native", "kernel", "x64"], Runs = [.. runs], Loads = [], Pipelines = [] });

        Assert.That(text, Is.EqualTo(
            """
            Time of a run, native = 1
            program    native  kernel  x64
                       ns/run
            fnv1a        1000    1.50    –
            geo. mean    1.00    1.50    –
            M insn/s     5000    3333    –

            Time of a run with maps, kernel = 1
            program    kernel   x64
                       ns/run
            map-array    2000  1.50
            geo. mean    1.00  1.50
            M insn/s     2500  1667

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Goals_OfProgramsWithMaps_AreTheirOwn()
    {
        RunSpeed[] runs =
        [
            new("fnv1a", "kernel", 1000, 5000, 1, false),
            new("fnv1a", "x64", 1000, 5000, 1, false),
            new("map-array", "kernel", 2000, 5000, 1, false) { UsesMaps = true },
            new("map-array", "x64", 3000, 5000, 1.5, false) { UsesMaps = true },
        ];

        string text = Markdown(SampleBench.Create() with { Targets = ["kernel", "x64"], Runs = [.. runs], Loads = [], Pipelines = [] });

        Assert.That(text, Does.Contain("| x64 ≤ 1.05 × kernel on every program | 1.00 at worst, on fnv1a; more on 0 of 1 | reached |\n"));
        Assert.That(text, Does.Contain("| x64 ≤ 2 × kernel on every program with maps | 1.50 at worst, on map-array; more on 0 of 1 | reached |\n"));
    }

    [Test]
    public void Text_OfNothing_IsEmpty() => Assert.That(BenchText.Of(SampleBench.Create() with { Runs = [], Loads = [], Pipelines = [] }), Is.Empty);

    [Test]
    public void Markdown_OfAllThereIs_AsVerified() => Snapshot.Verify(Markdown(SampleBench.Create()));

    [Test]
    public void Markdown_OfAnInterruptedBenchWithoutCompiler_SaysSoAndJudgesNoGoalThatItCannot()
    {
        BenchReport report = SampleBench.Create();

        string text = Markdown(report with { IsComplete = false, Machine = report.Machine with { Compiler = null }, Runs = [], Loads = [], Pipelines = [], NotMeasured = [] });

        Assert.That(text, Does.StartWith("# Speed\n\n**Interrupted: "));
        Assert.That(text, Does.Contain("| Native | not measured |\n").And.Not.Contain("## Not measured"));
        Assert.That(text, Does.Contain("| x64 ≤ 1.05 × kernel on every program |  | not measured |\n"));
        Assert.That(text, Does.Not.Contain("reached").And.Not.Contain("missed"));
    }

    [Test]
    public void Json_OfAllThereIs_FollowsTheSchema()
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("conformance", "schemas", "bench.schema.json")));
        using JsonDocument report = JsonDocument.Parse(Json(SampleBench.Create()));

        Assert.That(new SchemaCheck(schema.RootElement).Violations(report.RootElement), Is.Empty);
    }

    [TestCase("\"version\": \"2\"", "\"version\": \"1\"", "$.version: not \"2\"")]
    [TestCase("\"cores\": 2,", "", "$.machine: lacks cores")]
    [TestCase("\"isComplete\": true,", "\"isComplete\": true, \"more\": 1,", "$: unknown member more")]
    public void Json_WrongReport_IsSeenByTheSchema(string right, string wrong, string violation)
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("conformance", "schemas", "bench.schema.json")));
        using JsonDocument report = JsonDocument.Parse(Json(SampleBench.Create()).Replace(right, wrong, StringComparison.Ordinal));

        Assert.That(new SchemaCheck(schema.RootElement).Violations(report.RootElement), Is.EqualTo(new[] { violation }));
    }

    [Test]
    public void Json_OfALoad_HoldsWhatFollowsFromItsTimes()
    {
        using JsonDocument report = JsonDocument.Parse(Json(SampleBench.Create()));
        JsonElement load = report.RootElement.GetProperty("loads")[4];

        Assert.That(load.GetProperty("target").GetString(), Is.EqualTo("x64"));
        Assert.That(load.GetProperty("nsPerSlot").GetDouble(), Is.EqualTo(23.4375));
        Assert.That(report.RootElement.GetProperty("loads")[3].GetProperty("programsPerSecond").GetDouble(), Is.EqualTo(3_125_000));
        Assert.That(report.RootElement.GetProperty("loads")[0].GetProperty("programsPerSecond").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    private static string Markdown(BenchReport report)
    {
        using var text = new StringWriter();
        BenchMarkdown.Write(report, text);
        return text.ToString();
    }

    private static string Json(BenchReport report)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(report, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
