using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;
using BpfConformance.Engine.Comparison;
using BpfConformance.Reporting;
using BpfConformance.Tests.Cli;
using BpfConformance.Tests.Engine;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting;

[TestFixture]
public sealed class ClaimReportTests
{
    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    /// <summary>A machine that earns callx with two cases, one of them beyond the scaffolding.</summary>
    private ClaimReport Create(int run = 2, params ReadOnlySpan<CaseError> errors)
    {
        FakeTarget machine = FakeTarget.Returning("machine", 5);
        var header = new RunHeader(
            "bpfconf", "1.2.3", ["run", "--claim"], "Linux 6.18 x64, .NET 10.0.1", new DateTimeOffset(2026, 11, 22, 17, 30, 0, TimeSpan.Zero));
        ImmutableArray<TestCase> cases =
        [
            Vector("callx.vector", "-- asm\nr0 = 5\ncallx r0\nexit\n-- result\n5\n"),
            Vector("more.vector", "-- asm\nw0 = 5\nw0 /= 1\ncallx r0\nexit\n-- result\n5\n"),
        ];
        var builder = new ClaimReportBuilder(header, [machine]);
        var runner = new ExperimentRunner([machine]);
        foreach (TestCase test in cases.Take(run)) builder.Add(CaseJudge.ForVectors.Judge(runner.Run(test)));
        return builder.Build(new CaseSet(cases, [], [.. errors]));
    }

    private TestCase Vector(string name, string text) => VectorReader.Read(text, _folder.Write(name, text), name);

    private static string Json(ClaimReport report)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(report, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [Test]
    public void Text_OfATarget_AsVerified() => Snapshot.Verify(ClaimText.Of(Create().Targets.Single(), new SuiteReport(2, "0123456789abcdef")));

    [TestCase("\"version\": \"1\"", "\"version\": \"1\"", null)]
    [TestCase("\"version\": \"1\"", "\"version\": \"2\"", "$.version: not \"1\"")]
    [TestCase("\"cases\": 2,", "", "$.suite: lacks cases")]
    [TestCase("\"status\": \"conforms\"", "\"status\": \"fine\"", "$.targets[0].claims[18].status: not one of the values")]
    [TestCase("\"group\": \"callx\"", "\"group\": \"callx\", \"more\": 1", "$.targets[0].claims[18]: unknown member more")]
    public void Json_HeldAgainstTheSchema_IsSeen(string right, string wrong, string? violation)
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("conformance", "schemas", "claim.schema.json")));
        string text = Json(Create());
        Assert.That(text, Does.Contain(right));

        using JsonDocument report = JsonDocument.Parse(text.Replace(right, wrong, StringComparison.Ordinal));

        Assert.That(
            new SchemaCheck(schema.RootElement).Violations(report.RootElement),
            Is.EqualTo(violation is null ? Array.Empty<string>() : [violation]));
    }

    [Test]
    public void Build_SuiteThatWasNotReadOrRunInFull_AwardsNothing()
    {
        ClaimLine[] lines = [.. new[] { Create(), Create(2, new CaseError("bad", 1, 0, "no")), Create(1) }.Select(report => report.Targets[0].Claims[^1])];

        Assert.That(lines.Select(line => (line.Status, line.Reason)), Is.EqualTo(new[]
        {
            (ClaimStatus.Conforms, string.Empty),
            (ClaimStatus.Fails, "errors in the suite's files: 1"),
            (ClaimStatus.Fails, "only 1 of 2 cases were run"),
        }));
    }
}
