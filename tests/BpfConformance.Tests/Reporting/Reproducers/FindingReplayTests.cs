using BpfConformance.Engine.Cases;
using BpfConformance.Reporting.Reproducers;
using BpfConformance.Targets.InProcess;
using BpfConformance.Tests.Cli;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting.Reproducers;

/// <summary>Folders of findings that anybody may have changed.</summary>
public sealed class FindingReplayTests
{
    [TestCase("2026-05-01 being looked at", ReplayState.Quarantined)]
    [TestCase("2026-04-30 being looked at", ReplayState.NotAsked)]
    [TestCase("for now", ReplayState.Broken)]
    public void Replay_OfAFolderPutAside_LooksAgainWhenItsDayIsPast(string quarantine, ReplayState expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("signature", "state | il | add64-imm | R0\n");
        folder.Write("quarantine", quarantine);

        ReplayResult result = new FindingReplay(_ => null, TimeSpan.FromSeconds(1)).Run(folder.FullName, new DateOnly(2026, 5, 1));

        Assert.That(result.State, Is.EqualTo(expected));
    }

    [TestCase("state | il | add64-imm | R0\n", "-- asm\nnonsense\n")]
    [TestCase("nonsense\n", "-- asm\nr0 = 1\nexit\n-- result\n0x1\n")]
    public void Replay_OfAFolderThatCannotBeRead_IsBroken(string signature, string vector)
    {
        using var folder = new TemporaryFolder();
        folder.Write("signature", signature);
        folder.Write("case.vector", vector);

        Assert.That(new FindingReplay(_ => new ReferenceTarget(), TimeSpan.FromSeconds(1)).Run(folder.FullName, new DateOnly(2026, 5, 1)).State, Is.EqualTo(ReplayState.Broken));
    }

    [Test]
    public void Replay_WhereAMachineCannotBeMade_IsBroken()
    {
        using var folder = new TemporaryFolder();
        folder.Write("signature", "state | il | add64-imm | R0\n");
        folder.Write("case.vector", "-- asm\nr0 = 1\nexit\n-- result\n0x1\n");
        var replay = new FindingReplay(_ => throw new InvalidOperationException("no"), TimeSpan.FromSeconds(30));

        Assert.That(replay.Run(folder.FullName, new DateOnly(2026, 5, 1)), Is.EqualTo(new ReplayResult(folder.FullName, ReplayState.Broken, "no")));
    }
}
