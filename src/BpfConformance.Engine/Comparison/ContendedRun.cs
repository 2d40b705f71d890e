using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>Runs a case with contention until the threads have met often enough to prove something, or something is wrong.</summary>
internal static class ContendedRun
{
    /// <summary>Rounds in which the threads met: after so many right ones, the case is.</summary>
    private const int EnoughMeetings = 4;

    /// <summary>After so many, one meeting is enough: on a busy machine they are rare.</summary>
    private const int EnoughRounds = 16;

    /// <summary>After so many without a meeting, it is given up.</summary>
    private const int MaxRounds = 64;

    /// <summary>What is observed is the last round: the one that is wrong, when there is one.</summary>
    public static TargetRun Of(TestCase test, RunInput[] inputs, string target, ILoadedProgram program, ObservationBatch batch)
    {
        if (program is not IContendedProgram contended)
        {
            return new TargetRun(target, Verdict.Unsupported(ReasonClass.NotImplemented, "cannot run two threads over one map"), null);
        }

        Contention contention = test.Contention!; // the caller asked
        int met = 0;
        TargetRun run = new(target, Verdict.Accepted, batch);
        for (int round = 0; met < EnoughMeetings && round < (met == 0 ? MaxRounds : EnoughRounds); round++)
        {
            batch.Reset(inputs.Length, test.DataBytes);
            run = run with { CellAfter = contended.RunTogether(inputs, contention.Map, batch) };
            if (!SawRecords(test, batch) || !IsRight(test, run)) return run;
            if (Enumerable.Range(0, batch.Count).Any(thread => new RecordList(batch.Data(thread)).Interruptions > 0)) met++;
        }

        if (met == 0) SetInconclusive(batch, $"the two threads never met in {MaxRounds} rounds");
        return run;
    }

    /// <summary>Whether there is anything to judge; a run whose records were not seen becomes inconclusive.</summary>
    private static bool SawRecords(TestCase test, ObservationBatch batch)
    {
        for (int thread = 0; thread < batch.Count; thread++)
        {
            ref Observation run = ref batch[thread];
            if (run.Status != ExecutionStatus.Returned) return false;
            if (run.DataLength == test.DataBytes && !batch.DataMask(thread).ContainsAnyExcept((byte)0xff)) continue;
            SetInconclusive(batch, "the records of the threads were not seen");
            return false;
        }

        return true;
    }

    private static bool IsRight(TestCase test, TargetRun run) =>
        Enumerable.Range(0, run.Observations!.Count)
            .All(thread => ExpectationComparer.Differences(test, thread, run.Observations) == Facets.None)
        && ContentionOracle.Problem(test.Contention!, run) is null;

    private static void SetInconclusive(ObservationBatch batch, string reason)
    {
        for (int thread = 0; thread < batch.Count; thread++) batch.SetInconclusive(thread, reason);
    }
}
