using BpfConformance.Tests.Targets.Plugin;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary><c>bpfconf reduce</c> and <c>replay</c>, on targets that agree, and on a vector that states what is wrong.</summary>
public sealed class ReduceVerbTests
{
    [Test]
    public void Reduce_WithoutADifference_SaysSo()
    {
        using var folder = new TemporaryFolder();

        Invocation run = Bpfconf.Run("reduce", folder.Write("same.asm", "r0 = 4\nr0 *= 3\nexit\n"), "--target", "il");

        Assert.That((run.Code, run.Output), Is.EqualTo((0, "il: no difference\n")), run.Error);
    }

    [TestCase("r0 = r5\nexit\n", "x64: nothing was compared: reference faulted: UninitializedRegister at 0, which x64 cannot see")]
    [TestCase("r0 = 0\nr0 = addr_space_cast(r0, 0, 1)\nexit\n", "x64: nothing was compared: reference: unsupported: lacks address-space")]
    public void Reduce_WhereNothingIsCompared_SaysWhy(string program, string said)
    {
        using var folder = new TemporaryFolder();

        Invocation run = Bpfconf.Run("reduce", folder.Write("nothing.asm", program), "--target", "x64");

        Assert.That((run.Code, run.Output), Is.EqualTo((3, $"{said}\n")), run.Error);
    }

    [Test]
    public void Reduce_OfAProgramThatBothRefuse_ComparesThat()
    {
        using var folder = new TemporaryFolder();

        Invocation run = Bpfconf.Run("reduce", folder.Write("loop.hex", "b7 00 00 00 00 00 00 00\n"), "--target", "x64");

        Assert.That((run.Code, run.Output), Is.EqualTo((0, "x64: no difference\n")), run.Error);
    }

    [Test]
    public void Reduce_OnTheReferenceAlone_HasNothingToHoldAgainstIt()
    {
        using var folder = new TemporaryFolder();

        Assert.That(Bpfconf.Run("reduce", folder.Write("same.asm", "r0 = 4\nexit\n"), "--target", "reference").Code, Is.EqualTo(3));
    }

    [TestCase("12", 0)]
    [TestCase("13", 1)]
    public void Replay_OfAVector_AnswersWhetherItHolds(string stated, int code)
    {
        using var folder = new TemporaryFolder();

        Invocation run = Bpfconf.Run("replay", folder.Write("one.vector", $"-- asm\nr0 = 4\nr0 *= 3\nexit\n-- result\n{stated}\n"), "--target", "il");

        Assert.That(run.Code, Is.EqualTo(code), run.Output + run.Error);
    }

    [Test]
    public void Replay_OfAFolderWithoutFindings_HasNothingToRun()
    {
        using var folder = new TemporaryFolder();

        Invocation nothing = Bpfconf.Run("replay", folder.FullName, "--target", "il");
        string seen = Path.Combine(folder.FullName, "crash-x");
        Directory.CreateDirectory(seen);
        File.WriteAllText(Path.Combine(seen, "finding.txt"), "signature: crash | x |  | Status\n");
        Invocation unfiled = Bpfconf.Run("replay", folder.FullName, "--target", "il");

        Assert.That((nothing.Code, nothing.Output), Is.EqualTo((3, $"{folder.FullName}: not asked: no finding is in it, expected a folder of a finding, or a folder of such folders\n")));
        Assert.That((unfiled.Code, unfiled.Output), Is.EqualTo((3, $"{seen}: not asked: it was seen, and not filed: its case can be replayed as a file\n")));
    }

    [Test]
    public void Reduce_IntoAFile_IsWrongUsage()
    {
        using var folder = new TemporaryFolder();
        string program = folder.Write("a.asm", "r0 = 0\nexit\n");

        Invocation wrong = Bpfconf.Run("reduce", program, "--target", "il", "-o", program);

        Assert.That((wrong.Code, wrong.Error.Split('\n')[0]), Is.EqualTo((2, $"bpfconf: --output {program}: expected a folder, that is a file")));
    }

    [Test]
    public void Reduce_IntoWhatCannotBeAFolder_SaysSo()
    {
        Python.Need();
        using var folder = new TemporaryFolder();
        string plugin = folder.WriteProgram(
            "buggy", File.ReadAllText(Repository.PathOf("src", "plugins", "example_plugin.py")).Replace("0xa: lambda a, b: a ^ b", "0xa: lambda a, b: a | b", StringComparison.Ordinal));
        string program = folder.Write("a.asm", "w0 = 1\nw0 ^= 1\nexit\n");
        string output = Path.Combine(program, "found");

        Invocation wrong = Bpfconf.Run("reduce", program, "--target", $"plugin:{plugin}", "-o", output);

        Assert.That(wrong.Code, Is.EqualTo(2));
        Assert.That(wrong.Error, Does.Contain($"bpfconf: nothing can be written to '{output}': "));
    }

    private const string Files = "expected a .vector, .data, .asm, .hex or .bin file";

    [TestCase("replay", "nowhere", $"no such file or folder, {Files}, FILE.grid/MEMBER, a folder of a finding, or a folder of such folders")]
    [TestCase("replay", "nowhere.vector", $"no such file or folder, {Files}, FILE.grid/MEMBER, a folder of a finding, or a folder of such folders")]
    [TestCase("replay", "README.md", $"holds no program, {Files}, or FILE.grid/MEMBER")]
    [TestCase("reduce", "nowhere", $"no such file, {Files}, or FILE.grid/MEMBER")]
    [TestCase("reduce", "nowhere.vector", "no such file")]
    [TestCase("reduce", "corpus", $"is a folder, {Files}, or FILE.grid/MEMBER")]
    public void Verb_OnWhatIsNoProgram_SaysWhatWasExpected(string verb, string path, string message)
    {
        Invocation run = Bpfconf.Run(verb, path, "--target", "il");

        Assert.That((run.Code, run.Error), Is.EqualTo((2, $"bpfconf: {path}: {message}\n")));
    }
}
