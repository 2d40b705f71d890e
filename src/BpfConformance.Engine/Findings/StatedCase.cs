using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Findings;

/// <summary>A case that states what a machine has done with it, so that others can be held against that.</summary>
public static class StatedCase
{
    /// <param name="test">The case.</param>
    /// <param name="run">What the machine did with it.</param>
    /// <returns><c>null</c>: there is no answer that could be stated, or not one for all runs.</returns>
    public static TestCase? Of(TestCase test, TargetRun run) => run switch
    {
        { Verdict: { Kind: VerdictKind.Rejected } verdict } => test with { Expectation = new Expectation(LoadExpectation.Rejected, [verdict.Reason], RunExpectation.Unstated) },
        { Observations: { Count: > 0 } seen } when Ends(seen).Distinct().ToArray() is [var end] => OfRuns(test, seen, end),
        _ => null,
    };

    private static IEnumerable<(ExecutionStatus Status, FaultKind Fault, int Pc)> Ends(ObservationBatch seen) =>
        Enumerable.Range(0, seen.Count).Select(run => (seen[run].Status, seen[run].Fault, seen[run].FaultPc));

    private static TestCase? OfRuns(TestCase test, ObservationBatch seen, (ExecutionStatus Status, FaultKind Fault, int Pc) end)
    {
        var returns = new Expectation(LoadExpectation.Accepted, []);
        return end.Status switch
        {
            ExecutionStatus.Returned => OfReturns(test with { Expectation = returns }, seen),
            ExecutionStatus.Faulted => test with { Expectation = returns with { Run = RunExpectation.Faulted, Fault = end.Fault, FaultPc = end.Pc < 0 ? null : end.Pc } },
            ExecutionStatus.TimedOut => test with { Expectation = returns with { Run = RunExpectation.TimedOut } },
            ExecutionStatus.Crashed or ExecutionStatus.Inconclusive => null,
        };
    }

    private static TestCase? OfReturns(TestCase test, ObservationBatch seen)
    {
        if (Enumerable.Range(0, seen.Count).Any(run => seen[run].R0Mask != ulong.MaxValue)) return null;
        return test with { Inputs = [.. test.Inputs.Select((input, run) => Stated(test, input, seen, run))] };
    }

    private static CaseInput Stated(TestCase test, CaseInput input, ObservationBatch seen, int run)
    {
        Observation end = seen[run];
        bool showsData = end.DataLength >= 0 && !seen.DataMask(run)[..end.DataLength].ContainsAnyExcept(byte.MaxValue);
        bool changesData = showsData && !seen.Data(run)[..end.DataLength].SequenceEqual(input.Data.Span);
        return input with
        {
            Result = end.R0,
            DataAfter = changesData ? seen.Data(run)[..end.DataLength].ToArray() : null,
            MapsAfter = run == seen.Count - 1 && end.MapsLength >= 0 ? MapsOf(test, seen, run, end.MapsLength) : [],
        };
    }

    /// <summary>Those of which all can be compared.</summary>
    private static ImmutableArray<StatedMap> MapsOf(TestCase test, ObservationBatch seen, int run, int length)
    {
        var maps = ImmutableArray.CreateBuilder<StatedMap>();
        for (int map = 0; map < test.Maps.Length; map++)
        {
            Range part = MapImage.PartOf(map, test.Maps, seen.Maps(run)[..length]);
            if (!seen.MapsMask(run)[part].ContainsAnyExcept(byte.MaxValue)) maps.Add(new StatedMap(map, seen.Maps(run)[part].ToArray(), 0, []));
        }

        return maps.ToImmutable();
    }
}
