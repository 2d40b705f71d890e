using System.Globalization;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.SeededBugs.Bugs;
using BpfConformance.SeededBugs.Defects;
using NUnit.Framework;

namespace BpfConformance.SeededBugs;

/// <summary>Each bug behaves as it once did, and the engine without it as it should.</summary>
[TestFixture]
internal sealed class TriggerTests
{
    private static IEnumerable<DefectiveEngine> Engines => DefectCatalogue.All;

    [TestCaseSource(nameof(Engines))]
    public void Trigger_OnTheDefectiveEngine_ShowsTheBug(DefectiveEngine engine)
    {
        var bug = SeededBug.Named(engine.Bug);
        using IExecutionTarget target = engine.Create();
        Assert.That(OutcomeOf(bug, target), Is.EqualTo(bug.BuggyOn(engine.Engine)), bug.Text);
    }

    [TestCaseSource(nameof(Engines))]
    public void Trigger_OnTheSoundEngine_GivesWhatIsRight(DefectiveEngine engine)
    {
        var bug = SeededBug.Named(engine.Bug);
        using IExecutionTarget target = engine.CreateSound();
        Assert.That(OutcomeOf(bug, target), Is.EqualTo(bug.Sound), bug.Text);
    }

    [Test]
    public void Bugs_OfTheList_AreAllOnSomeEngine() =>
        Assert.That(SeededBug.All.Select(bug => bug.Id), Is.EquivalentTo(DefectCatalogue.All.Select(engine => engine.Bug).Distinct()));

    private static string OutcomeOf(SeededBug bug, IExecutionTarget target)
    {
        TargetRun run = new ExperimentRunner([target]).Run(bug.Trigger).Runs[0];
        if (run.Verdict.Kind != VerdictKind.Accepted) return run.Verdict.Kind == VerdictKind.Crashed ? "crash" : run.Verdict.Kind.ToString().ToLowerInvariant();
        return run.Observations![0].Status switch // an accepted program ran
        {
            ExecutionStatus.Returned => string.Create(CultureInfo.InvariantCulture, $"0x{run.Observations[0].R0:x}"),
            ExecutionStatus.Faulted => "fault",
            ExecutionStatus.Crashed => "crash",
            ExecutionStatus.TimedOut => "time-out",
            ExecutionStatus.Inconclusive => "inconclusive",
        };
    }
}
