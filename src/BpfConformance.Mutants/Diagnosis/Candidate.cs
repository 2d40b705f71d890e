using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Mutants.Scoring;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>A mutant that may be a bug of the target's.</summary>
internal sealed class Candidate(Mutant mutant)
{
    private readonly HandlerTable _handlers = mutant.CreateHandlers();

    public Mutant Mutant => mutant;

    /// <summary>Wrong runs that it does as the target did.</summary>
    public HashSet<WrongRun> Explained { get; } = [];

    /// <summary>Whether it does otherwise where the target was right.</summary>
    public bool IsRefuted { get; private set; }

    /// <summary>What it does; <c>null</c>: it does not load the program.</summary>
    public ObservationBatch? Foretell(Probe probe) => Run(probe).Runs[0].Observations;

    /// <summary>Compares what it does with what the target did.</summary>
    public void Meet(Sighting sighting)
    {
        ObservationBatch? foretold = Foretell(sighting.Probe);
        IsRefuted |= foretold is null || sighting.Refutes(foretold);
        if (foretold is not null) Explained.UnionWith(sighting.Alike(foretold));
    }

    /// <summary>Holds it against what the target has passed.</summary>
    public void MeetPassed(IEnumerable<Probe> passed) =>
        IsRefuted |= passed.Any(probe => probe.Rows.Contains(mutant.Row) && CaseJudge.ForVectors.Judge(Run(probe))[0].Status == CaseStatus.Failed);

    private Experiment Run(Probe probe)
    {
        using var machine = new MutantTarget(mutant.Name, _handlers) { InstructionBudget = probe.Budget };
        return new ExperimentRunner([machine]).Run(probe.Case);
    }
}
