using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.SeededBugs.Defects;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary>An engine with a bug that is hunted, and the same without.</summary>
internal sealed class Quarry : IDisposable
{
    private static readonly IOracle[] s_oracles = [new CrashOracle(), new VerdictOracle(tellsStricter: false), new StateOracle()];

    private readonly DefectiveEngine _engine;
    private readonly BudgetedTarget _defective;
    private readonly ExperimentRunner _runner;
    private readonly Lazy<IExecutionTarget> _sound;
    private readonly HuntClock _clock;

    public Quarry(DefectiveEngine engine)
    {
        _engine = engine;
        _clock = new HuntClock(isElsewhere: engine.BreaksProcess);
        _defective = new BudgetedTarget(engine.Create());
        _ = _defective.Capabilities; // that a worker starts is none of the hunt's time
        _runner = new ExperimentRunner([_defective]);
        _sound = new(() => new BudgetedTarget(engine.CreateSound()));
    }

    public int Programs { get; private set; }

    public TimeSpan Time { get; private set; }

    /// <summary>One more program; says what found the bug.</summary>
    /// <param name="test">The program.</param>
    /// <param name="reference">What became of it on the reference.</param>
    /// <param name="shared">What that took, and to make it.</param>
    public Finding? Try(TestCase test, TargetRun reference, TimeSpan shared)
    {
        Programs++;
        _clock.Start();
        Finding? finding = Judge(test, reference, _runner);
        if (finding is not null && IsOfTheSound(test, reference)) finding = null;
        Time += shared + _clock.Elapsed;
        return finding;
    }

    public HuntResult End(ulong seed, HuntCatch? found) => new(_engine.Name, seed, Programs, Time, found);

    public void Dispose()
    {
        _defective.Dispose();
        if (_sound.IsValueCreated) _sound.Value.Dispose();
    }

    private static Finding? Judge(TestCase test, TargetRun reference, ExperimentRunner runner)
    {
        TargetRun run = runner.Run(test).Runs[0];
        var experiment = new Experiment(test, [reference, run]);
        return s_oracles.SelectMany(oracle => oracle.Judge(experiment)).FirstOrDefault(finding => finding.Target == run.Target);
    }

    /// <summary>What is found on the engine without the bug says nothing of the bug.</summary>
    private bool IsOfTheSound(TestCase test, TargetRun reference) => Judge(test, reference, new ExperimentRunner([_sound.Value])) is not null;
}
