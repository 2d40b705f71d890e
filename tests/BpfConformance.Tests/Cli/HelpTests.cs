using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>What <c>--help</c> says of exit codes: that verbs end with them, their own tests show.</summary>
internal sealed class HelpTests
{
    [TestCase("run", "0 1 2 3 70 130")]
    [TestCase("exec", "0 1 2 3 70 130")]
    [TestCase("asm", "0 2 70 130")]
    [TestCase("disasm", "0 2 70 130")]
    [TestCase("targets", "0 2 3 70 130")]
    [TestCase("bench", "0 1 2 3 70 130")]
    [TestCase("coverage", "0 1 2 70 130")]
    [TestCase("mutants", "0 1 2 70 130")]
    [TestCase("grid sign", "0 1 2 70 130")]
    [TestCase("grid show", "0 2 70 130")]
    [TestCase("worker", "0 2 70 130")]
    [TestCase("plugin", "0 1 2 70 130")]
    [TestCase("fuzz", "0 1 2 3 70 130")]
    [TestCase("replay", "0 1 2 3 70 130")]
    [TestCase("reduce", "0 1 2 3 70 130")]
    [TestCase("triage list", "0 1 2 70 130")]
    [TestCase("triage show", "0 2 70 130")]
    [TestCase("triage known", "0 2 70 130")]
    public void Help_OfAVerb_HasEachExitCode(string verb, string codes) =>
        Assert.That(string.Join(' ', ExitCodes(verb).Select(each => each.Code)), Is.EqualTo(codes));

    [Test]
    public void Readme_HasTheExitCodesOfRun()
    {
        string table = string.Concat(ExitCodes("run").Select(each => $"| {each.Code} | {each.Meaning} |\n"));

        Assert.That(File.ReadAllText(Repository.PathOf("README.md")), Does.Contain($"\n| Exit code | |\n|--:|:--|\n{table}\n"));
    }

    private static IEnumerable<(string Code, string Meaning)> ExitCodes(string verb) =>
        Bpfconf.Run([.. verb.Split(' '), "--help"]).Output.Split('\n')
            .SkipWhile(line => line != "Exit codes:").Skip(1).TakeWhile(line => line.Length > 0)
            .Select(line => line.Trim().Split(' ', 2)).Select(words => (words[0], words[1].Trim()));
}
