using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>Whatever is wrong with the input is one clear sentence and the right exit code, never a stack trace.</summary>
internal sealed class BadInputTests
{
    private const string Ending = "\nexit\n-- result\n0\n";

    private TemporaryFolder _folder = null!; // before each test

    private static IEnumerable<TestCaseData> BadFiles =>
    [
        Bad("truncated.vector", "-- raw\nb7 00 00 00 01 00 00 0\n-- result\n1\n", "2:"),
        Bad("odd-length.vector", "-- raw\nb70000000100000095000000\n-- result\n1\n", "multiple of 8"),
        Bad("mnemonic.vector", "-- asm\nfrobnicate %r1, 2" + Ending, ":2:"),
        Bad("register.vector", "-- asm\nr11 = 1" + Ending, "no register r11"),
        Bad("immediate.vector", "-- asm\nr0 = 0x123456789" + Ending, ":2:"),
        Bad("label.vector", "-- asm\na:\na:\nr0 = 1" + Ending, "'a'"),
        Bad("no-program.vector", "-- result\n1\n", "program"),
        Bad("no-expectation.vector", "-- asm\nexit\n", "expect"),
        Bad("unknown.vector", "-- asm\nexit\n-- colour\nred\n", "colour"),
        Bad("junk.vector", "\u0000\u0001\u0002ELF\u007f", "no text, expected UTF-8"),
    ];

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [TestCaseSource(nameof(BadFiles))]
    public void BadVector_Run_SaysWhereAndWhatAndExitsWith2(string name, string content, string said)
    {
        string file = _folder.Write(name, content);

        Invocation run = Bpfconf.Run("run", file);

        Assert.That(run.Code, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.StartWith($"bpfconf: {file}:").And.Contains(said));
        Assert.That(run.Error, Does.Not.Contain("   at "));
    }

    [Test]
    public void HugeFile_Run_IsRefusedBeforeItIsRead()
    {
        string file = Path.Combine(_folder.FullName, "huge.vector");
        using (FileStream huge = File.Create(file)) huge.SetLength(100_000_000);

        Invocation run = Bpfconf.Run("run", file);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith($"bpfconf: {file}: ").And.Contains("100000000 bytes"));
    }

    [Test]
    public void FolderWithoutVectors_Run_SaysSoAndExitsWith2()
    {
        Invocation run = Bpfconf.Run("run", _folder.FullName);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith($"bpfconf: {_folder.FullName}: no .vector, .grid or .data file in this directory or below\n"));
    }

    [Test]
    public void MissingPath_Run_SaysSoAndExitsWith2()
    {
        Invocation run = Bpfconf.Run("run", "no/such/place");

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("bpfconf: no/such/place: no such file or directory\n"));
    }

    [Test]
    public void UnreadableFile_Run_SaysSoAndExitsWith2()
    {
        // Root may read anything; a directory in the place of a file is unreadable to everyone.
        string link = Path.Combine(_folder.FullName, "dangling.vector");
        File.CreateSymbolicLink(link, Path.Combine(_folder.FullName, "gone"));

        Invocation run = Bpfconf.Run("run", _folder.FullName);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith($"bpfconf: {link}: "));
    }

    [Test]
    public void OneBadFileAmongGood_Run_StillRunsTheGoodOnes()
    {
        _folder.Write("good.vector", "-- asm\nr0 = 7\nexit\n-- result\n7\n");
        _folder.Write("worse.vector", "-- asm\nr0 = \n");

        Invocation run = Bpfconf.Run("run", _folder.FullName, "--target", "reference");

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Output, Is.EqualTo("reference: 1 passed, 0 failed, 0 unsupported, 0 deviations\n1 error in files, which gave no case\n"));
    }

    [Test]
    public void NothingSelected_Run_ExitsWith3()
    {
        _folder.Write("good.vector", "-- asm\nr0 = 7\nexit\n-- result\n7\n");

        Invocation run = Bpfconf.Run("run", _folder.FullName, "--filter", "nothing*", "--target", "reference");

        Assert.That(run.Code, Is.EqualTo(3));
        Assert.That(run.Error, Is.EqualTo("bpfconf: 0 of 1 cases selected\nbpfconf: names are such as 'good.vector'\n"));
    }

    [TestCase("run --target warp", "bpfconf: there is no target 'warp', expected one of reference, il, x64, kernel, worker:NAME, plugin:PATH\n")]
    [TestCase("exec README.md --memory @", "bpfconf: --memory @ names no file\n")]
    [TestCase("exec README.md --memory @/dev/zero", "bpfconf: /dev/zero: ")]
    [TestCase("run conformance/packet --target reference --json .", "bpfconf: nothing can be written to '.': ")]
    [TestCase("run --groups ,", "bpfconf: ',' names nothing\n")]
    [TestCase("run --cpu v9", "bpfconf: there is no CPU version 'v9', expected one of v1, v2, v3, v4\n")]
    [TestCase("disasm - --syntax foo", "bpfconf: there is no syntax 'foo', expected one of Kernel, Legacy\n")]
    [TestCase("disasm - --syntax 1", "bpfconf: there is no syntax '1', expected one of Kernel, Legacy\n")]
    [TestCase("exec no-such-file.bin", "bpfconf: no-such-file.bin: ")]
    [TestCase("exec README.md", "bpfconf: README.md: holds no program, expected a .vector, .data, .asm, .hex or .bin file, or FILE.grid/MEMBER\n")]
    [TestCase("bench --round 0", "bpfconf: --round 0: expected 1 to 10000 milliseconds\n")]
    [TestCase("bench --round 10001", "bpfconf: --round 10001: expected 1 to 10000 milliseconds\n")]
    [TestCase("bench --target reference --programs nowhere", "bpfconf: nowhere: no such file or directory\n")]
    [TestCase("bench --target reference --report .", "bpfconf: nothing can be written to '.': ")]
    [TestCase("bench --target reference --program tetris", "bpfconf: there is no program 'tetris', expected one of atomics, ")]
    [TestCase("frobnicate", "bpfconf: there is no verb 'frobnicate', expected one of run, exec, ")]
    [TestCase("--frobnicate", "bpfconf: there is no verb '--frobnicate', expected one of run, exec, ")]
    [TestCase("asm --frobnicate README.md", "bpfconf: there is no option '--frobnicate'; a file of that name is ./--frobnicate\n")]
    [TestCase("exec README.md -x", "bpfconf: there is no option '-x'; a file of that name is ./-x\n")]
    [TestCase("bench --frobnicate", "bpfconf: there is no option '--frobnicate'; ")]
    [TestCase("run --target plugin:/bin/true --plugin-args \"open", "bpfconf: --plugin-args \"open: expected a second double quote for each\n")]
    [TestCase("grid", "bpfconf: there is no verb, expected one of ")]
    [TestCase("grid frobnicate", "bpfconf: there is no verb 'frobnicate', expected one of ")]
    [TestCase("bench --round x", "bpfconf: --round x: expected a whole number, at most 2147483647\n")]
    [TestCase("run --failures 99999999999", "bpfconf: --failures 99999999999: expected a whole number, at most 2147483647\n")]
    [TestCase("asm README.md -o .", "bpfconf: nothing can be written to '.': it is a folder\n")]
    [TestCase("asm README.md -o nowhere/x.bin", "bpfconf: nothing can be written to 'nowhere/x.bin': ")]
    [TestCase("run --plugin-timeout soon", "bpfconf: --plugin-timeout soon: expected a number\n")]
    [TestCase("run --failures -3", "bpfconf: --failures -3: expected 0 or more\n")]
    public void BadArgument_SaysWhatWasExpectedAndExitsWith2(string line, string error)
    {
        Invocation run = Bpfconf.Run(line.Split(' '));

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith(error));
    }

    [Test]
    public void UnknownOption_SaysSoAndExitsWith2()
    {
        Invocation run = Bpfconf.Run("run", "--frobnicate");

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Is.EqualTo(
            "bpfconf: there is no option '--frobnicate'; a file of that name is ./--frobnicate\nbpfconf: 'bpfconf run --help' shows the usage\n"));
    }

    [Test]
    public void WrongMemory_Exec_SaysWhereAndExitsWith2()
    {
        string file = _folder.Write("one.asm", "r0 = 1\nexit\n");

        Invocation run = Bpfconf.Run("exec", file, "--memory", "0102zz");

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("bpfconf: --memory:1:5: "));
    }

    private static TestCaseData Bad(string name, string content, string said) => new(name, content, said) { TestName = name };
}
