using System.Diagnostics;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>A run that ends in the middle of something leaves nothing that the next one does not clear away.</summary>
[TestFixture]
[NonParallelizable]
internal sealed class KilledRunTests
{
    private const string Hierarchy = "/sys/fs/cgroup";

    private static string[] Groups => Directory.GetDirectories(Hierarchy, "bpfconf-*", SearchOption.AllDirectories);

    private static string[] Mounts => File.ReadAllLines("/proc/self/mounts");

    [SetUp]
    public void NeedKernel()
    {
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        if (!Directory.Exists(Hierarchy)) Assert.Ignore($"there is no {Hierarchy}, in which to look for what is left");
    }

    [TestCase("INT")]
    [TestCase("KILL")]
    public void Signal_WhileACaseIsOnTheNetwork_LeavesNothingForLong(string signal)
    {
        string[] mounts = Mounts;
        using Process run = Start("conformance"); // which goes on for long after its first case of a group
        string[] made = [];
        Assert.That(() => made = [.. Groups.Where(group => IsOf(group, run))], Is.Not.Empty.After(60_000, 1), "the run has a group");

        using (var kill = Process.Start("kill", [$"-{signal}", $"{run.Id}"])) kill.WaitForExit();

        Assert.That(run.WaitForExit(20_000), Is.True);
        Assert.That(run.ExitCode, Is.EqualTo(signal == "KILL" ? 137 : 130), "it was in the middle");
        using (Process next = Start("conformance/network/received.vector"))
        {
            Assert.That(next.WaitForExit(60_000), Is.True);
            Assert.That(next.ExitCode, Is.Zero);
        }

        Assert.That(() => made.Intersect(Groups), Is.Empty.After(5_000, 50));
        Assert.That(Mounts, Is.EqualTo(mounts));
    }

    /// <summary>Whether a thread of a process is in a group; other tests have groups, too.</summary>
    private static bool IsOf(string group, Process process)
    {
        try
        {
            return File.ReadLines($"{group}/cgroup.threads").Any(thread => Directory.Exists($"/proc/{process.Id}/task/{thread}"));
        }
        catch (IOException)
        {
            return false; // it is gone by now
        }
    }

    /// <summary>A process that the tests do not share.</summary>
    private static Process Start(params string[] paths) =>
        Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "bpfconf"), ["run", .. paths, "--target", "reference,kernel"])
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
}
