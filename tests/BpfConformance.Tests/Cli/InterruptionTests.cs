using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>Ctrl-C in the middle of something.</summary>
internal sealed class InterruptionTests
{
    [SetUp]
    public void Need()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there are no plug-ins");
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    public void Signal_WhileAPluginHangs_EndsItWithWhatItStarted(string signal)
    {
        using var folder = new TemporaryFolder();
        string started = Path.Combine(folder.FullName, "started");
        string plugin = folder.WriteProgram("wrapper", $"#!/bin/sh\nsleep 339 &\necho $! > '{started}.new'\nmv '{started}.new' '{started}'\nsleep 340\n");
        using Process cli = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "bpfconf"), ["run", "conformance/divmul64/div64.vector", "--target", $"plugin:{plugin}", "--plugin-timeout", "60"])
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        Assert.That(() => File.Exists(started), Is.True.After(20_000, 20), "the plug-in runs");
        int child = int.Parse(File.ReadAllText(started), CultureInfo.InvariantCulture);

        using (var kill = Process.Start("kill", [$"-{signal}", $"{cli.Id}"])) kill.WaitForExit();

        Assert.That(cli.WaitForExit(20_000), Is.True);
        Assert.That(cli.ExitCode, Is.EqualTo(130));
        Assert.That(() => Directory.Exists($"/proc/{child}"), Is.False.After(5_000, 20)); // killed before that: whose child it is now has to reap it
    }
}
