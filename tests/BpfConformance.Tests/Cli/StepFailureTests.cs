using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>What <c>run</c> and <c>exec</c> print of steps that give something else, and of maps that hold something else.</summary>
internal sealed class StepFailureTests
{
    private const string Start = "-- asm\nr0 = 0\nexit\n-- maps\nm: hash key 1 value 2 entries 4\n01 = 0a0b\n02 = 0c0d\nq: queue key 0 value 1 entries 4\njumps: prog_array key 4 value 4 entries 2\n";

    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [TestCase("lookup m 01 -> ENOENT", "lookup m", "ENOENT", "0a0b")]
    [TestCase("lookup m 03 -> 0000", "lookup m", "0000", "ENOENT")]
    [TestCase("update m 01 0000 noexist -> ok", "update m", "ok", "EEXIST")]
    [TestCase("next_key jumps - -> 01000000", "next_key jumps", "01000000", "00000000")]
    [TestCase("update_batch m 03=0000 -> ok 2", "update_batch m", "ok 2", "ok 1")]
    [TestCase("lookup_batch m first 8 -> ENOENT 01=0a0b", "lookup_batch m", "ENOENT 01=0a0b", "ENOENT 01=0a0b 02=0c0d")]
    public void Run_OfAStepWithAnotherResult_NamesItAndBothResultsAsTheFileDoes(string step, string name, string expected, string got)
    {
        string file = _folder.Write("x.vector", $"{Start}-- steps\nrun - -> 0\n{step}\n");

        Invocation said = Bpfconf.Run("run", file, "--target", "reference");

        Assert.That(said.Output, Does.StartWith($"{file}:12: reference: wrong result of step 2 ({name})\n  {step}\n  expected  {expected}\n  got       {got}\n\nreference: "));
    }

    [Test]
    public void Run_OfAnotherObjectAtAPath_NamesBoth()
    {
        string file = _folder.Write("x.vector", $"{Start}-- steps\npin m /sys/fs/bpf/x -> ok\nget /sys/fs/bpf/x -> main\n");

        Assert.That(Bpfconf.Run("run", file, "--target", "reference").Output, Does.Contain("\n  expected  main\n  got       m\n"));
    }

    [TestCase("m:\n01 = 0a0b\n02 = 0c0e", 15, "m[02] = 0c0e", "m[02] = 0c0d")]
    [TestCase("m:\n01 = 0a0b", 13, "no m[02] (1 entry in all)", "m[02] = 0c0d (2 entries in all)")]
    [TestCase("m:\n00 = 0a0b\n02 = 0c0d\n01 = 0a0b", 14, "m[00] = 0a0b (3 entries in all)", "no m[00] (2 entries in all)")]
    [TestCase("m:\n03 = 0a0b\n02 = 0c0d", 14, "m[03] = 0a0b, no m[01]", "no m[03], m[01] = 0a0b")]
    [TestCase("q:\n- = 07\n- = 08\n- = 09", 15, "q[1] = 08, q[2] = 09 (3 entries in all)", "no q[1], no q[2] (1 entry in all)")]
    [TestCase("jumps:\n00000000 = main", 14, "jumps[00000000] = main (1 entry in all)", "no jumps[00000000] (0 entries in all)")]
    public void Run_OfAMapWithOtherContents_TellsTheKeysAtTheirLine(string after, int line, string expected, string got)
    {
        string file = _folder.Write("x.vector", $"{Start}-- steps\nupdate q - 07 -> ok\n-- maps-after\n{after}\n");

        Invocation said = Bpfconf.Run("run", file, "--target", "reference");

        Assert.That(
            said.Output, Does.StartWith($"{file}:{line}: reference: wrong contents of a map after step 1 (update q)\n  expected  {expected}\n  got       {got}\n\nreference: "));
    }

    [Test]
    public void Run_OfAMapThatCannotBe_PointsAtItsLine()
    {
        string file = _folder.Write("x.vector", "-- asm\nr0 = 0\nexit\n-- maps\nm: hash key 1 value 2 entries 4\nn: hash key 1 value 2 entries 0\n-- result\n0\n");

        Assert.That(Bpfconf.Run("run", file, "--target", "reference").Output, Does.StartWith($"{file}:6: reference: wrong verdict\n  expected  accepted\n"));
    }

    [Test]
    public void Exec_OfASequence_ShowsMapsAsTheyAreStated()
    {
        string file = _folder.Write("x.vector", $"{Start}-- steps\nupdate q - 07 -> ok\nlookup m 03 -> ENOENT\n");

        Invocation said = Bpfconf.Run("exec", file, "--target", "reference");

        Assert.That(said.Output, Does.Match(@"step 2 \(lookup m\) +reference +returned +ENOENT "));
        Assert.That(said.Output, Does.EndWith("\nmaps after step 2 (lookup m), reference:\nm:\n01 = 0a0b\n02 = 0c0d\nq:\n- = 07\njumps:\n"));
    }

    [TestCase("", "a:\n01000000 = 01000000000000000000000000000000000000000000000000000… (32 bytes)\n", "01000000000000000000000000000000… (32 bytes) ")]
    [TestCase("--whole", "a:\n01000000 = 0100000000000000000000000000000000000000000000000000000000000000\n", "0100000000000000000000000000000000000000000000000000000000000000 ")]
    public void Exec_OfLongValues_ShowsThemWholeIfAsked(string option, string map, string memory)
    {
        string value = "01" + new string('0', 62);
        string file = _folder.Write("x.vector", $"-- asm\nr0 = 0\nexit\n-- maps\na: array key 4 value 32 entries 3\n01000000 = {value}\n-- steps\nlookup a 01000000 -> {value}\n");

        Invocation said = Bpfconf.Run(["exec", file, "--target", "reference", .. option.Length > 0 ? (string[])[option] : []]);

        Assert.That(said.Output, Does.EndWith(map).And.Contain(memory));
    }
}
