using System.Diagnostics;
using BpfConformance.Targets;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary><c>--jit-harden</c>, in mounts of its own in which files stand for the setting: that of the machine stays as it is.</summary>
internal sealed class JitHardenTests
{
    private const string Vector = "conformance/divmul64/div64.vector";

    private TemporaryFolder _folder = new();

    private string Setting => Path.Combine(_folder.FullName, "setting");

    private string State => Path.Combine(_folder.FullName, Path.GetFileName(JitHardening.StateFile));

    [SetUp]
    public void Begin()
    {
        if (KernelTarget.WhyUnavailable() is { } why) Assert.Ignore(why);
        if (TargetRegistry.ProblemOfKernelWorkers is { } problem) Assert.Ignore(problem);
        _folder = new TemporaryFolder();
        File.WriteAllText(Setting, "1\n");
    }

    [TearDown]
    public void End() => _folder.Dispose();

    [Test]
    public void WithoutTheKernel_IsWrongUsage() => Assert.That(
        Bpfconf.Run("run", Vector, "--target", "reference", "--jit-harden"),
        Is.EqualTo(new Invocation(2, string.Empty, "bpfconf: --jit-harden is for the kernel, which is none of the targets\n")));

    [Test]
    public void Command_ThatIsEndedAtOnce_PutsBack()
    {
        using Process first = StartWaiting();

        Assert.That(Run("exec", Vector, "--target", "kernel", "--jit-harden"), Is.EqualTo((2, "bpfconf: net.core.bpf_jit_harden = 2 cannot be set: another command has set it, and puts it back when it ends\n")));
        Assert.That(File.ReadAllText(Setting), Is.EqualTo("2\n"));

        Signal(first, "INT"); // of which it does not hear, as it reads
        Signal(first, "INT");

        Assert.That(first.WaitForExit(10_000), Is.True);
        Assert.That((first.ExitCode, File.ReadAllText(Setting), File.ReadAllText(State)), Is.EqualTo((130, "1\n", string.Empty)));
    }

    [Test]
    public void Command_ThatIsKilled_LeavesItToTheNextThatAsksTheKernel()
    {
        using Process first = StartWaiting();

        Signal(first, "KILL");

        Assert.That(first.WaitForExit(10_000), Is.True);
        Assert.That((File.ReadAllText(Setting), File.ReadAllText(State)), Is.EqualTo(("2\n", "1\n")));
        Assert.That(Run("run", Vector, "--target", "reference,kernel"), Is.EqualTo((0, string.Empty)));
        Assert.That((File.ReadAllText(Setting), File.ReadAllText(State)), Is.EqualTo(("1\n", string.Empty)));
    }

    [Test]
    public void Campaign_OfWhichTheSettingIsPart_HasItAgainWhenItIsResumed()
    {
        string findings = Path.Combine(_folder.FullName, "findings");
        string[] more = ["--findings", findings, "--workers", "1"];

        Assert.That(Run(["fuzz", "--target", "kernel", "--jit-harden", "--profile", "valid", "--seed", "3", "--count", "16", .. more]).Code, Is.Zero);
        Assert.That(File.ReadAllText(Setting), Is.EqualTo("1\n"));

        using FileStream other = new(State, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.That(Run(["fuzz", "--resume", "--count", "32", .. more]), Is.EqualTo((2, "bpfconf: net.core.bpf_jit_harden = 2 cannot be set: another command has set it, and puts it back when it ends\n")));
    }

    /// <summary>One that has set it, and waits for somebody to write what it is to read.</summary>
    private Process StartWaiting()
    {
        string pipe = Path.Combine(_folder.FullName, "case.vector");
        using (var make = Process.Start("mkfifo", [pipe])) make.WaitForExit();
        Process started = Start("replay", pipe, "--target", "kernel", "--jit-harden");
        Assert.That(() => File.ReadAllText(Setting), Is.EqualTo("2\n").After(20_000, 20));
        return started;
    }

    private (int Code, string Error) Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        output.Wait();
        return (process.ExitCode, error);
    }

    private Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        "unshare",
        [
            "--mount", "sh", "-c", $"mount --bind \"$0/setting\" {JitHardening.SettingFile} && mount --bind \"$0\" /run && exec \"$@\"", _folder.FullName,
            Path.Combine(AppContext.BaseDirectory, "bpfconf"), .. arguments,
        ])
    {
        WorkingDirectory = Repository.Root,
        UseShellExecute = false,
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!; // a program, not a document

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }
}
