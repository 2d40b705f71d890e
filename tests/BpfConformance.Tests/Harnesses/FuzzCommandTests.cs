using System.Diagnostics;
using BpfConformance.Harnesses;
using BpfConformance.Harnesses.Coverage;
using BpfConformance.Tests.Cli;
using NUnit.Framework;

namespace BpfConformance.Tests.Harnesses;

/// <summary>The command line of <c>run-fuzz.sh</c>, in this process or in one of its own.</summary>
[TestFixture]
[NonParallelizable] // one test changes where programs are
public sealed class FuzzCommandTests
{
    [Test]
    public void CoverageCheck_OfCodeThatIsNotInstrumented_Fails()
    {
        UsageException wrong = Assert.Throws<UsageException>(CoverageCheck.Run)!;
        Assert.That(wrong.Message, Does.StartWith("coverage is zero: the assemblies in '").And.EndWith("; start a worker from an instrumented copy, as run-fuzz.sh does"));
    }

    [TestCase("--corpus /dev/null: expected a folder that is there or can be made", "managed", "vector", "--corpus", "/dev/null")]
    [TestCase("there is no harness 'assembly', expected one of assembler, disassembler, vector, data, frames, differential", "managed", "assembly")]
    [TestCase("there is no engine or harness 'libfuzz', expected one of managed, libfuzzer, afl, assembler, disassembler, vector, data, frames, differential", "libfuzz", "vector")]
    [TestCase("--time 60x: expected a time such as 90s, 5m or 2h", "assembler", "--time", "60x")]
    [TestCase("--time s: expected a time such as 90s, 5m or 2h", "assembler", "--time", "s")]
    [TestCase("--seed q: expected a whole number, at most 2147483647", "assembler", "--seed", "q")]
    [TestCase("--jobs 0: expected 1 to 64", "afl", "--jobs", "0")]
    [TestCase("there is no file 'nowhere'", "managed", "data", "nowhere")]
    public void Run_OfWhatThereIsNot_SaysSoAndExitsWithTwo(string expected, params string[] args)
    {
        (int code, string _, string error) = Run(args);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(2));
            Assert.That(error, Does.StartWith($"run-fuzz.sh: {expected}\n"));
        });
    }

    [TestCase("exit 0", 0, "managed vector: ", "run-fuzz.sh: building\n")]
    [TestCase("exit 1", 2, "", "run-fuzz.sh: building\nnoise\nX.cs(1,2): error CS0000: wrong\n")]
    public void Script_ThatBuilds_IsQuietUnlessThatFails(string end, int code, string output, string error)
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there is no script");
        using var folder = new TemporaryFolder();
        folder.WriteProgram("dotnet", $"#!/bin/sh\necho noise\necho 'X.cs(1,2): error CS0000: wrong' >&2\n{end}\n");
        using Process script = Process.Start(new ProcessStartInfo(Repository.PathOf("run-fuzz.sh"), ["managed", "vector", "--time", "1s", "--corpus", folder.FullName])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}" },
        })!; // a program, not a document
        Task<string> errors = script.StandardError.ReadToEndAsync();
        string said = script.StandardOutput.ReadToEnd();
        script.WaitForExit();

        Assert.That((script.ExitCode, errors.Result), Is.EqualTo((code, error)));
        Assert.That(said, output.Length == 0 ? Is.Empty : Does.StartWith(output));
    }

    [Test]
    public void Run_OfAFile_SaysWhatIsWrong()
    {
        string file = Path.GetTempFileName();
        (int code, string output, string _) = Run("managed", "assembler", file);
        File.Delete(file);
        Assert.That((code, output), Is.EqualTo((0, $"{file}: nothing is wrong\n")));
    }

    [Test]
    public void Run_OfAnInstrumentedCopy_SeesCoverageAndFillsTheCorpus()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("bpfconf-fuzz-");
        using Process fuzz = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "bpfconf-fuzz"), ["managed", "data", "--time", "4s", "--corpus", "mine"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = folder.FullName,
        })!; // a program, not a document
        string output = fuzz.StandardOutput.ReadToEnd();
        fuzz.WaitForExit();
        int found = new InputFolder(Path.Combine(folder.FullName, "mine")).Files.Count();
        folder.Delete(recursive: true);
        Assert.Multiple(() =>
        {
            Assert.That(fuzz.ExitCode, Is.Zero, output);
            Assert.That(output, Does.Match(@"managed data: \d+ s, [\d,]+ runs \([\d,]+/s\), \d+ inputs, [1-9]\d* edges, 0 failures"));
            Assert.That(found, Is.GreaterThan(5));
        });
    }

    [Test]
    public void NativeTool_ThatIsNotThere_IsNamedWithItsPackage()
    {
        string? path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", string.Empty);
        try
        {
            Assert.Multiple(() =>
            {
                Assert.That(() => NativeTool.Run("afl-fuzz", "afl++"), Throws.TypeOf<UsageException>().With.Message.EqualTo("afl-fuzz is not installed: Debian's package afl++ brings it"));
                Assert.That(() => NativeTool.Run("g++", "g++"), Throws.TypeOf<UsageException>().With.Message.EqualTo("g++ is not installed: Debian's package g++ brings it"));
            });
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = FuzzCommand.Run(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
