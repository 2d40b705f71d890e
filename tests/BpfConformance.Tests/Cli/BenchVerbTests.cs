using System.Diagnostics;
using System.Text.Json;
using BpfConformance.Tests.Reporting;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

[TestFixture]
[NonParallelizable] // one test changes where gcc is
internal sealed class BenchVerbTests
{
    private const string Vector = "-- asm\nr0 = 1\nr0 += 1\nexit\n-- memory\n0506\n-- result\n2\n";
    private const string Source = "long entry(unsigned char *memory, unsigned long length) { return length; }\n";
    private const string Compiler = "GCC";

    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public void Bench_OneProgram_MeasuresAndWritesJsonByTheSchema()
    {
        string json = Path.Combine(_folder.FullName, "bench.json");

        Invocation run = Bpfconf.Run("bench", "--program", "fnv1a", "--target", "reference", "--round", "1", "--json", json);

        Assert.That(run.Code, Is.Zero, run.Error);
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("conformance", "schemas", "bench.schema.json")));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        Assert.That(new SchemaCheck(schema.RootElement).Violations(document.RootElement), Is.Empty);
        JsonElement measured = document.RootElement.GetProperty("runs").EnumerateArray().First(each => each.GetProperty("target").GetString() == "reference");
        Assert.That(measured.GetProperty("program").GetString(), Is.EqualTo("fnv1a"));
        Assert.That(measured.GetProperty("instructionsPerRun").GetInt64(), Is.EqualTo(32771));
        Assert.That(measured.GetProperty("nsPerRun").GetDouble(), Is.Positive);
        Assert.That(run.Output, Does.Match("(?m)^fnv1a +[0-9.]+ +[0-9.]+"));
    }

    [Test]
    public void Bench_EveryTarget_TimesAllPrograms()
    {
        Invocation run = Bpfconf.Run("bench", "--round", "1");

        Assert.That(run.Code, Is.Zero, run.Error);
        foreach (string program in (string[])["atomics", "calls", "checksum", "divmod", "fnv1a", "memrw", "parser", "siphash", "sort", "xorshift"])
        {
            Assert.That(run.Output, Does.Contain($"\n{program} ").And.Not.Contain("–"), run.Error);
        }
    }

    [Test]
    public void Bench_Report_HoldsRunsLoadsAndGoals()
    {
        _folder.Write("small.vector", Vector);
        _folder.Write("small.c", Source);
        string report = Path.Combine(_folder.FullName, "bench.md");

        Invocation run = Bpfconf.Run("bench", "--programs", _folder.FullName, "--target", "reference", "--round", "1", "--report", report);

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(File.ReadAllText(report), Does.Contain("\n| small | ").And.Contains("\n| reference | ").And.Contains("\n## Goals\n"));
        Assert.That(run.Output, Does.Contain("\nLoad and unload, ns per instruction").And.Contains("65536\n"));
    }

    [Test]
    public void Bench_WithoutCompiler_SaysSoOnceAndComparesWithTheFirstTarget()
    {
        string? before = Environment.GetEnvironmentVariable(Compiler);
        Environment.SetEnvironmentVariable(Compiler, "no-such-compiler");
        try
        {
            Invocation run = Bpfconf.Run("bench", "--program", "fnv1a,sort", "--target", "reference", "--round", "1");

            Assert.That(run.Code, Is.Zero, run.Error);
            Assert.That(run.Error, Is.EqualTo("bpfconf: native is not measured: no-such-compiler is not installed; times are compared with the first target's\n"));
            Assert.That(run.Output, Does.StartWith("Time of a run, reference = 1\nprogram    reference  reference\n"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Compiler, before);
        }
    }

    [Test]
    public void Bench_NativeCodeOfAnotherResult_IsNotTimedAndFails()
    {
        _folder.Write("small.vector", Vector);
        _folder.Write("small.c", Source.Replace("length;", "length + 7;", StringComparison.Ordinal));

        Invocation run = Bpfconf.Run("bench", "--programs", _folder.FullName, "--target", "reference", "--round", "1");

        if (run.Error.Contains("is not installed", StringComparison.Ordinal)) Assert.Ignore(run.Error);
        Assert.That((run.Code, run.Output), Is.EqualTo((1, string.Empty)));
        Assert.That(run.Error, Is.EqualTo("bpfconf: small is not timed: native: r0 is 0x9, where the reference has 0x2\n"));
    }

    [Test]
    public void Bench_ProgramWithoutSource_IsTimedOnTheOthers()
    {
        _folder.Write("small.vector", Vector);

        Invocation run = Bpfconf.Run("bench", "--programs", _folder.FullName, "--target", "reference", "--round", "1");

        if (run.Error.Contains("is not installed", StringComparison.Ordinal)) Assert.Ignore(run.Error);
        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Error, Is.EqualTo("bpfconf: small is not timed on native: there is no file of its name with C\n"));
        Assert.That(run.Output, Does.Match("(?m)^small +– +[0-9.]+ ns +[0-9.]+ ns$"));
    }

    [Test]
    public void Bench_WrongVector_IsNotTimedAndFails()
    {
        _folder.Write("small.vector", Vector.Replace("\n2\n", "\n3\n", StringComparison.Ordinal));

        Invocation run = Bpfconf.Run("bench", "--programs", _folder.FullName, "--target", "reference", "--round", "1");

        Assert.That((run.Code, run.Output), Is.EqualTo((1, string.Empty)));
        Assert.That(run.Error, Does.EndWith("bpfconf: small is not timed: reference: failed: expected r0 = 0x3, got r0 = 0x2\n"));
    }

    [Test]
    [Platform(Include = "Linux")]
    public void Bench_AskedToEnd_WritesWhatItHasAndExitsWith130()
    {
        string json = Path.Combine(_folder.FullName, "bench.json");
        using Process bench = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "bpfconf.dll"), "bench", "--target", "reference", "--round", "300", "--json", json])
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!; // not a shell-executed document

        Thread.Sleep(TimeSpan.FromSeconds(4)); // of half a minute
        Process.Start("kill", ["-TERM", $"{bench.Id}"]).WaitForExit();
        string error = bench.StandardError.ReadToEnd();
        bench.WaitForExit();

        Assert.That(bench.ExitCode, Is.EqualTo(130), error);
        Assert.That(error, Does.Match("(?m)^bpfconf: interrupted before [a-z0-9-]+ was measured, [0-9]+ of 15$"));
        Assert.That(File.ReadAllText(json), Does.Contain("\"isComplete\": false"));
    }

    [Test]
    public void Bench_NothingToTime_ExitsWith3()
    {
        _folder.Write("packet.vector", "-- type\nsocket_filter\n-- asm\nr0 = 0\nexit\n-- packet\n000102030405060708090a0b0c0d0e0f\n-- result\n0\n");

        Assert.That(Bpfconf.Run("bench", "--programs", _folder.FullName, "--target", "reference").Code, Is.EqualTo(3));
    }
}
