using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Targets.InProcess;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>What a target showed of some runs, in all that machines must agree in.</summary>
internal sealed class Sighting
{
    /// <summary>Kinds and places of faults, and counts, are a machine's own.</summary>
    private static readonly Mask s_mask = new(Facets.Status | Facets.R0 | Facets.Registers | Facets.Data);

    private Sighting(Probe probe, ObservationBatch seen, IReadOnlyList<int> wrong) => (Probe, Seen, Wrong) = (probe, seen, wrong);

    public Probe Probe { get; }

    /// <summary>What it showed; kept.</summary>
    public ObservationBatch Seen { get; }

    /// <summary>The runs that went wrong, in their order.</summary>
    public IReadOnlyList<int> Wrong { get; }

    /// <summary>Asks the target; <c>null</c>: it did not run the program.</summary>
    public static Sighting? Take(IExecutionTarget target, Probe probe)
    {
        using var reference = new ReferenceTarget();
        Experiment experiment = new ExperimentRunner([reference, target]).Run(probe.Case);
        if (experiment.Runs is not [{ Observations: { } right }, { Observations: { } seen }]) return null;

        var wrong = new List<int>();
        for (int run = 0; run < seen.Count; run++)
        {
            HideWhatIsItsOwn(right, seen, run);
            if (!seen.Agrees(run, right, s_mask)) wrong.Add(run);
        }

        return new Sighting(probe, seen, wrong);
    }

    /// <summary>The wrong runs that a machine with a defect does as the target did.</summary>
    public IEnumerable<WrongRun> Alike(ObservationBatch mutant) =>
        from run in Wrong where Seen.Agrees(run, mutant, s_mask) select new WrongRun(this, run);

    /// <summary>Whether a machine with a defect does otherwise in a run that went right; in others, several bugs may have met.</summary>
    public bool Refutes(ObservationBatch mutant) =>
        Enumerable.Range(0, Seen.Count).Except(Wrong).Any(run => !Seen.Agrees(run, mutant, s_mask));

    /// <summary>Whether two machines with defects do all runs alike.</summary>
    public static bool AreAlike(ObservationBatch? left, ObservationBatch? right) =>
        left is not null && right is not null && Enumerable.Range(0, left.Count).All(run => left.Agrees(run, right, s_mask));

    /// <summary>Values that hold an address, time or chance are known to the sanitised reference alone.</summary>
    private static void HideWhatIsItsOwn(ObservationBatch right, ObservationBatch seen, int run)
    {
        if (right[run].Status == ExecutionStatus.Inconclusive) seen.SetInconclusive(run, right.Reason(run));
        if (right[run].Status != ExecutionStatus.Returned || seen[run].Status != ExecutionStatus.Returned) return;
        seen[run].RegistersMask &= right[run].RegistersMask;
        seen[run].R0Mask &= right[run].R0Mask;
        Span<byte> mask = seen.DataMask(run);
        for (int i = 0; i < mask.Length; i++) mask[i] &= right.DataMask(run)[i];
    }
}
