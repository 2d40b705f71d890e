using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting.Reproducers;
using BpfConformance.Targets;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Processes;
using BpfConformance.Tests;
using BpfConformance.Tests.Targets.Plugin;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>What was found once is looked for again; each finding is a test of its own.</summary>
internal sealed class FindingsTests
{
    /// <summary>The targets that are ours to mend; of others a finding may be there for years.</summary>
    private static readonly string[] s_own = ["il", "x64"];

    private static readonly FindingReplay s_replay = new(Create, TimeSpan.FromSeconds(30));

    private static string Corpus => Repository.PathOf("corpus", "findings");

    /// <summary>Without what makes a kernel warn: other tests watch its log meanwhile. .ci/run replays it when they are done.</summary>
    private static IEnumerable<TestCaseData> Findings =>
        FiledFinding.In(Corpus).Where(folder => FiledFinding.Open(folder).Signature is not { Oracle: CrashOracle.OracleName, Target: TargetRegistry.KernelName }).Select(folder => new TestCaseData(folder).SetArgDisplayNames(Path.GetFileName(folder)));

    [TestCaseSource(nameof(Findings))]
    public void Finding_LookedForAgain_IsGoneFromOurOwnMachines(string folder)
    {
        string target = FiledFinding.Open(folder).Signature.Target;
        _ = ProgramOf(target); // a test is skipped on its own thread alone
        ReplayResult result = Replayed(folder);

        if (result.State is ReplayState.Quarantined or ReplayState.NotAsked) Assert.Ignore(result.Detail);
        Assert.That(result.State, Is.Not.EqualTo(ReplayState.Broken), result.Detail);
        if (s_own.Contains(target)) Assert.That(result.State, Is.EqualTo(ReplayState.Gone), result.Detail);
        if (TargetRegistry.KeptPlugins.Contains(target)) Assert.That(result.State, Is.EqualTo(ReplayState.StillThere), $"of Debian's version it is known: {result.Detail}");
    }

    /// <summary>The corpus may be empty; what looks through it must work then, too.</summary>
    [TestCase("il", "exit\n-- result\n0x1\n", ReplayState.Gone)]
    [TestCase("x64", "exit\n-- result\n0x1\n", ReplayState.Gone)]
    [TestCase("nobody", "exit\n-- result\n0x1\n", ReplayState.NotAsked)]
    [TestCase("il", "nonsense\n", ReplayState.Broken)]
    public void Finding_InAFolderMadeForIt_IsLookedFor(string target, string rest, ReplayState expected)
    {
        DirectoryInfo corpus = Directory.CreateTempSubdirectory("bpfconf");
        try
        {
            string folder = corpus.CreateSubdirectory("one").FullName;
            File.WriteAllText(Path.Combine(folder, "signature"), $"state | {target} | mov64-imm | R0\n");
            File.WriteAllText(Path.Combine(folder, "case.vector"), $"-- asm\nr0 = 1\n{rest}");

            ReplayResult result = Replayed(FiledFinding.In(corpus.FullName).Single());

            Assert.That(result.State, Is.EqualTo(expected), result.Detail);
        }
        finally
        {
            corpus.Delete(recursive: true);
        }
    }

    [Test]
    public void Corpus_HoldsFoldersOfFindingsNamedByTheirSignatures() =>
        Assert.That(FiledFinding.In(Corpus).Select(Path.GetFileName), Is.EqualTo(FiledFinding.In(Corpus).Select(folder => FiledFinding.Open(folder).Signature.Slug)));

    private static IExecutionTarget? Create(string name) =>
        ProgramOf(name) is { } plugin ? new PluginTarget(name, new PluginSettings(new ChildCommand(plugin)))
        : TargetRegistry.Find(name) is { } entry && entry.WhyUnavailable() is null ? entry.Create()
        : null;

    /// <summary>Of a plug-in of this repository, which skips the test where it cannot be built; <c>null</c>: it is none.</summary>
    private static string? ProgramOf(string name) => TargetRegistry.KeptPlugins.Contains(name) ? CPlugins.Dpdk(name["dpdk-".Length..]) : null;

    private static ReplayResult Replayed(string folder) => s_replay.Run(folder, DateOnly.FromDateTime(DateTime.UtcNow));
}
