using System.Text.RegularExpressions;
using BpfConformance.Tests.Targets.Plugin;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>The README's recipes are run as they stand there; its two set-up commands are CI's, and its script is run by the tests of that.</summary>
internal sealed partial class ReadmeTests
{
    /// <summary>Writes the program of the recipes behind it.</summary>
    private const string Printf = "printf ";

    private static string Readme { get; } = File.ReadAllText(Repository.PathOf("README.md"));

    private static IEnumerable<string> Commands =>
        CodeBlock().Matches(Readme).SelectMany(block => block.Groups["code"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private static IEnumerable<TestCaseData> Recipes =>
        Commands
            .Where(line => line.StartsWith("bpfconf ", StringComparison.Ordinal))
            .Select(line => new TestCaseData(line).SetArgDisplayNames(line));

    [TestCaseSource(nameof(Recipes))]
    public void Recipe_InTheRepository_Succeeds(string line)
    {
        using var folder = new TemporaryFolder();
        string program = folder.Write("program.asm", Regex.Unescape(Commands.Single(command => command.StartsWith(Printf, StringComparison.Ordinal)).Split('\'')[1]));
        string binary = Path.Combine(folder.FullName, "program.bin");
        Bpfconf.Run("asm", program, "-o", binary);

        // Files that the README makes or writes are those of the folder.
        string[] args =
        [
            .. line.Split(' ').Skip(1).Select(word => word.Trim('\'')).Select(word =>
                word is "program.asm" or "program.bin" or "junit.xml" or "report.json" or "bench.json" or "bench.md" or "exported" or "findings"
                    ? Path.Combine(folder.FullName, word)
                    : word.Replace("artifacts/plugins/example_vm", ExampleVm(word), StringComparison.Ordinal)
                        .Replace("artifacts/plugins/dpdk-jit", DpdkJit(word), StringComparison.Ordinal)),
        ];
        if (line.Contains(".py", StringComparison.Ordinal)) Python.Need();
        Invocation run = Bpfconf.Run(args);

        Assert.That(run.Code, Is.Zero, run.Error + run.Output);
    }

    /// <summary>That of the tests: they build it with the same script.</summary>
    private static string ExampleVm(string word) => word.Contains("example_vm", StringComparison.Ordinal) ? CPlugins.ExampleVm : word;

    private static string DpdkJit(string word) => word.Contains("dpdk-jit", StringComparison.Ordinal) ? CPlugins.Dpdk("jit") : word;

    [Test]
    public void Commands_ThatAreNoRecipes_AreThoseThatOtherTestsRun() =>
        Assert.That(Commands.Where(line => !line.StartsWith("bpfconf ", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            "dotnet run -c Release --project src/BpfConformance.Cli -- run --report reports/runs/latest",
            "dotnet test -c Release",
            Printf + "'r0 = *(u32 *)(r1 + 0)\\nr0 += 1\\nexit\\n' > program.asm",
            "./run-fuzz.sh managed vector --time 60s",
        }));

    [Test]
    public void SetUpCommands_AreTheOnesThatCiRuns()
    {
        string ci = File.ReadAllText(Repository.PathOf(".ci", "run"));

        Assert.That(Readme, Does.Contain("`sh src/plugins/build.sh`"), "what CPlugins runs");
        Assert.That(Readme, Does.Contain("\ndotnet test -c Release\n"));
        Assert.That(ci, Does.Contain("\n  dotnet test -c Release 2>&1 | tee \"$log\"\n"));
        Assert.That(Readme, Does.Contain("\ndotnet run -c Release --project src/BpfConformance.Cli -- run --report reports/runs/latest\n"));
        Assert.That(ci, Does.Contain("--project src/BpfConformance.Cli -- run --report reports/runs/latest "));
    }

    [Test]
    public void Links_LeadToFiles()
    {
        string[] targets = [.. Link().Matches(Readme).Select(link => link.Groups["target"].Value).Where(target => !target.StartsWith("http", StringComparison.Ordinal))];

        Assert.That(targets, Is.Not.Empty);
        Assert.That(targets.Where(target => !Path.Exists(Repository.PathOf(target))), Is.Empty);
    }

    [GeneratedRegex("```sh\n(?<code>.*?)```", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?<target>[^)]+)\)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
