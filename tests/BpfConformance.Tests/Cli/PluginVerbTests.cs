using System.Diagnostics;
using BpfConformance.Targets.Plugin;
using BpfConformance.Tests.Targets.Plugin;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>Plug-ins and workers on the command line, and this program as both.</summary>
internal sealed class PluginVerbTests
{
    private const string Mov42 = "b7  00  00  00  2a  00  00  00  95  00  00  00  00  00  00  00  \n";
    private const string LoadDouble = "79  10  00  00  00  00  00  00  95  00  00  00  00  00  00  00  \n";
    private const string Vector = "conformance/divmul64/div64.vector";

    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public void Run_OnThePluginInC_IsCalledAfterItsFile()
    {
        Invocation run = Bpfconf.Run("run", Vector, "--target", $"reference,plugin:{CPlugins.ExampleVm}");

        Assert.That(run.Output, Is.EqualTo("reference: 1 passed, 0 failed, 0 unsupported, 0 deviations\nexample_vm: 1 passed, 0 failed, 0 unsupported, 0 deviations\nnothing failed\n"));
        Assert.That(run.Code, Is.Zero, run.Error);
    }

    [Test]
    public void Run_OnAPluginThatCallsAHelper_IsUnsupportedWithItsName()
    {
        Invocation run = Bpfconf.Run("run", "conformance/calls/helper-strtol.vector", "--target", $"plugin:{CPlugins.ExampleVm}");

        Assert.That(run.Code, Is.EqualTo(3));
        Assert.That(run.Output, Does.StartWith("example_vm: 1 unsupported: lacks Linux's helper 105 (strtol)\n            (calls/helper-strtol.vector)\n"));
    }

    [Test]
    public void Exec_OnAPluginAndAWorker_ShowsThemSideBySide()
    {
        Invocation run = Bpfconf.Run("exec", Vector, "--target", "worker:reference", "--target", $"plugin:{CPlugins.ExampleVm}");

        Assert.That(run.Code, Is.Zero, run.Error + run.Output);
        Assert.That(run.Output, Does.Contain("worker:reference").And.Contains("example_vm"));
    }

    [Test]
    public void Targets_OfAPlugin_ShowsWhatItSaid()
    {
        Invocation run = Bpfconf.Run("targets", "--target", $"plugin:{CPlugins.ExampleVm}");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.StartWith($"example_vm 1: a plug-in, {CPlugins.ExampleVm}\n  groups   base32, base64, divmul32, divmul64\n  cpu      v4\n"));
        Assert.That(run.Output, Does.Contain("\n  helpers  none of Linux's\n"));
    }

    [Test]
    public void Run_OnAPluginOfTheOlderProtocol_FindsThatOut()
    {
        Invocation run = Bpfconf.Run("run", "conformance/calls/exit.vector", "--target", $"plugin:{CPlugins.OlderPlugin}");

        Assert.That(run.Output, Is.EqualTo("older_plugin: 1 passed, 0 failed, 0 unsupported, 0 deviations\nnothing failed\n"), run.Error);
    }

    [Test]
    public void Run_WithTheOtherProtocolByName_SaysWhatWentWrong()
    {
        Invocation older = Bpfconf.Run("run", Vector, "--target", $"plugin:{CPlugins.ExampleVm}", "--protocol", "bpf_conformance");
        Invocation ours = Bpfconf.Run("run", Vector, "--target", $"plugin:{CPlugins.OlderPlugin}", "--protocol", "bpfconf");

        Assert.That((older.Code, ours.Code), Is.EqualTo((3, 3)));
        Assert.That(older.Error, Does.StartWith("bpfconf: example_vm is not available: asked for 'r0 = 42; exit', it "));
        Assert.That(ours.Error, Does.StartWith("bpfconf: older_plugin is not available: it does not follow the protocol: "));
    }

    [TestCase("run --target plugin:", "'plugin:' names no file, expected plugin:PATH")]
    [TestCase("run --target warp", "there is no target 'warp', expected one of reference, il, x64, kernel, worker:NAME, plugin:PATH")]
    [TestCase("run --target worker:warp", "there is no target 'worker:warp', expected one of reference, il, x64, kernel, worker:NAME, plugin:PATH")]
    [TestCase("run --target plugin:x --protocol smoke", "there is no protocol 'smoke', expected bpfconf or bpf_conformance")]
    [TestCase("run --target plugin:x --plugin-timeout 0", "--plugin-timeout 0: expected more than 0, and at most 3600")]
    [TestCase("run --target plugin:x --target plugin:y/x", "two targets are called 'x': a plug-in has the name of its file")]
    [TestCase("exec program.asm --target reference --plugin-args x", "--plugin-args is for plug-ins, and none is asked for: --target plugin:PATH")]
    [TestCase("worker --target warp", "there is no target 'warp', expected one of reference, il, x64, kernel")]
    public void BadArgument_IsOneSentence(string line, string message)
    {
        _folder.Write("program.asm", "exit\n");
        Invocation run = Bpfconf.Run([.. line.Split(' ').Select(word => word == "program.asm" ? Path.Combine(_folder.FullName, word) : word)]);

        Assert.That((run.Code, run.Error), Is.EqualTo((2, $"bpfconf: {message}\n")));
    }

    [TestCase("missing", "there is no file '")]
    [TestCase("folder", "' is a folder")]
    [TestCase("text.txt", "' is not executable")]
    [TestCase("noise", "' is neither an ELF program nor a script that begins with #!")]
    [TestCase("asks", "it refused: needs --config")]
    [TestCase("dangling", "there is no file '")]
    [TestCase("circular", "' cannot be read: ")]
    [TestCase("fifo", "' is neither an ELF program nor a script that begins with #!")]
    public void Run_OnWhatIsNoProgram_SaysSo(string name, string words)
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there are no plug-ins");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "folder"));
        _folder.Write("text.txt", "hello");
        _folder.WriteProgram("noise", "echo 0");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "dangling"), Path.Combine(_folder.FullName, "nothing"));
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "circular"), Path.Combine(_folder.FullName, "circular"));
        Process.Start("mkfifo", ["-m", "700", Path.Combine(_folder.FullName, "fifo")]).WaitForExit();
        _folder.WriteProgram("asks", "#!/bin/sh\necho needs --config\nexit 2\n");

        Invocation run = Bpfconf.Run("run", Vector, "--target", $"plugin:{Path.Combine(_folder.FullName, name)}");

        Assert.That(run.Code, Is.EqualTo(3));
        Assert.That(Invocation.Unwrapped(run.Error), Does.Contain("is not available: ").And.Contains(words));
    }

    [Test]
    public void Plugin_ThatIsNotThere_IsToldOnce()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there are no plug-ins");

        Assert.That(Bpfconf.Run("run", Vector, "--target", "plugin:/missing").Error, Is.EqualTo("bpfconf: missing is not available: there is no file '/missing'\n"));
    }

    [Test]
    public void Deviations_OfAPlugin_AreThoseOfItsFileName()
    {
        string file = _folder.Write("example_vm.txt", "divmul64/div64.vector: it is so\n");
        _folder.Write("absent.txt", "divmul64/div64.vector: it is so\n");

        Invocation run = Bpfconf.Run("run", Vector, "--target", $"plugin:{CPlugins.ExampleVm}", "--deviations", _folder.FullName);

        Assert.That(run.Output, Does.Contain($"the deviation: it is so ({file}:1)"));
        Assert.That(run.Error, Is.EqualTo($"bpfconf: warning: {Path.Combine(_folder.FullName, "absent.txt")}: there is no target 'absent'; the name of a plug-in is known where it takes part\n"));
    }

    [Test]
    public void Deviations_OfAWorker_AreThoseOfTheTargetInIt()
    {
        string file = _folder.Write("reference.txt", "divmul64/div64.vector: it is so\n");

        Invocation run = Bpfconf.Run("run", Vector, "--target", "worker:reference", "--deviations", _folder.FullName);

        Assert.That((run.Code, run.Error), Is.EqualTo((1, string.Empty)));
        Assert.That(run.Output, Does.Contain($"the deviation: it is so ({file}:1)"));
    }

    [TestCase(new[] { "plugin", "--target", "reference" }, Mov42, 0, "2a\n", "")]
    [TestCase(new[] { "01  00  00  00  00  00  00  80  ", "plugin", "--target", "reference" }, LoadDouble, 0, "8000000000000001\n", "")]
    [TestCase(new[] { "plugin", "--target", "reference", "01  00  00  00  00  00  00  80  " }, LoadDouble, 0, "8000000000000001\n", "")]
    [TestCase(new[] { "01  ", "plugin", "--target", "reference" }, LoadDouble, 1, "", "Faulted: OutOfBoundsLoad at pc 0\n")]
    [TestCase(new[] { "plugin", "--target", "reference" }, "ff  00  00  00  00  00  00  00  \n", 1, "", "Rejected: UnknownOpcode: 0xff is no opcode\n")]
    public void Plugin_OfThisProgram_AnswersAsTheOlderRunnerExpects(string[] args, string input, int code, string output, string error)
    {
        Invocation run = Start(args, input);

        Assert.That((run.Code, run.Output, run.Error), Is.EqualTo((code, output, error)));
    }

    [Test]
    public void Plugin_OfThisProgram_UnderOurOwnHost_Passes()
    {
        string program = WorkerCommand.For("reference").Path;

        Invocation run = Bpfconf.Run(
            "run", "conformance/calls/exit.vector", "--target", $"plugin:{program}", "--plugin-args", "plugin --target reference", "--plugin-timeout", "60");

        Assert.That(run.Output, Is.EqualTo("bpfconf: 1 passed, 0 failed, 0 unsupported, 0 deviations\nnothing failed\n"), run.Error);
    }

    [Test]
    public void Worker_OfThisProgram_AsAPlugin_Passes()
    {
        string program = WorkerCommand.For("reference").Path;

        Invocation run = Bpfconf.Run("run", Vector, "--target", $"plugin:{program}", "--plugin-args", "worker --target reference");

        Assert.That(run.Output, Is.EqualTo("bpfconf: 1 passed, 0 failed, 0 unsupported, 0 deviations\nnothing failed\n"), run.Error);
    }

    [Test]
    public void Worker_WhoseInputIsNoFrame_EndsWithAnError() => Assert.That(Start(["worker", "--target", "reference"], "hello, worker").Code, Is.EqualTo(2));

    [Test]
    public void Plugin_WhoseHostIsKilled_IsKilledToo()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("not Linux: there are no plug-ins");
            return;
        }

        string plugin = _folder.Write("sleeper.sh", "#!/bin/sh\nwhile :; do sleep 1; done\n");
        File.SetUnixFileMode(plugin, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using Process host = Process.Start(new ProcessStartInfo(WorkerCommand.For("reference").Path, ["targets", "--target", $"plugin:{plugin}", "--plugin-timeout", "600"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!; // a program, not a document
        WaitUntil(() => IsRunning(plugin));

        host.Kill();

        WaitUntil(() => !IsRunning(plugin));
    }

    private static Invocation Start(string[] args, string input)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "bpfconf"), args)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!; // a program, not a document
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new Invocation(process.ExitCode, output, error);
    }

    private static void WaitUntil(Func<bool> condition) =>
        Assert.That(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)), "it did not happen in 20 s");

    private static bool IsRunning(string script) => Directory.EnumerateDirectories("/proc")
        .Where(folder => int.TryParse(Path.GetFileName(folder), out _))
        .Any(folder => CommandLineOf(folder).StartsWith($"/bin/sh\0{script}\0", StringComparison.Ordinal));

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return string.Empty; // it is gone
        }
    }
}
