using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>Compares a run with what its case states, facet by facet, in what was seen.</summary>
public static class ExpectationComparer
{
    /// <summary>The facets in which the run is not as stated; when it ended otherwise, only that.</summary>
    public static Facets Differences(TestCase test, int input, ObservationBatch seen)
    {
        ref Observation run = ref seen[input];
        Facets comparable = Comparable(test, input, seen);
        if (comparable.HasFlag(Facets.Status) && run.Status != StatusOf(test.Expectation.Run) && !HasDiverged(test, run)) return Facets.Status;

        CaseInput stated = test.Inputs[input];
        var differences = Facets.None;
        if (comparable.HasFlag(Facets.R0) && ((run.R0 ^ stated.Result!.Value) & run.R0Mask) != 0) differences |= Facets.R0;
        if (comparable.HasFlag(Facets.Data) && DataDiffer(stated.DataAfter!.Value.Span, input, seen)) differences |= Facets.Data;
        if (comparable.HasFlag(Facets.Maps) && stated.MapsAfter.Any(map => FirstDifference(test, map, input, seen) is not null)) differences |= Facets.Maps;
        if (comparable.HasFlag(Facets.Context) && ContextComparer.FirstDifference(stated, input, seen) is not null) differences |= Facets.Context;
        if (comparable.HasFlag(Facets.FaultKind) && run.Fault != test.Expectation.Fault) differences |= Facets.FaultKind;
        if (comparable.HasFlag(Facets.FaultPc) && run.FaultPc != test.Expectation.FaultPc) differences |= Facets.FaultPc;
        return differences;
    }

    /// <summary>Whether a run returned where a machine may fault: then no other need do the same.</summary>
    public static bool HasDiverged(TestCase test, in Observation run) =>
        test.Expectation.Run == RunExpectation.FaultedOrReturned && run.Status == ExecutionStatus.Returned;

    /// <summary>Whether everything that the case states was seen in full: what was not compared must not count as right.</summary>
    public static bool IsConclusive(TestCase test, int input, ObservationBatch seen)
    {
        ExecutionStatus end = seen[input].Status;
        return test.Expectation.Run switch
        {
            RunExpectation.Returned => end != ExecutionStatus.Inconclusive && SawStated(test, input, seen),
            RunExpectation.FaultedOrReturned when end == ExecutionStatus.Returned => SawStated(test, input, seen),
            RunExpectation.Faulted or RunExpectation.FaultedOrReturned or RunExpectation.TimedOut or RunExpectation.Unstated =>
                end != ExecutionStatus.Inconclusive,
        };
    }

    private static bool SawStated(TestCase test, int input, ObservationBatch seen)
    {
        CaseInput stated = test.Inputs[input];
        bool statesAll = test.Signature is not null;
        return (!(statesAll || stated.Result is not null) || SawResult(IsPacket(test, input), seen[input]))
            && (!(statesAll || stated.DataAfter is not null) || SawData(test, input, seen))
            && (stated.MapsAfter.IsEmpty || SawMaps(test, input, seen))
            && ContextComparer.SawStated(stated, input, seen);
    }

    /// <summary>A hook takes 32 bits of r0, and machines may show no more.</summary>
    private static bool SawResult(bool isPacket, in Observation run)
    {
        ulong wanted = isPacket ? uint.MaxValue : ulong.MaxValue;
        return (run.R0Mask & wanted) == wanted;
    }

    /// <summary>A program with a packet sees what follows the link header, and so need others.</summary>
    private static bool SawData(TestCase test, int input, ObservationBatch seen)
    {
        int length = seen[input].DataLength;
        if (length < 0) return false;
        if (test.Inputs[input].Step is SendStep) return PacketFate.IsSeen(seen.Data(input)[..length], seen.DataMask(input), test.Program.Count);
        int first = IsPacket(test, input) ? Math.Min(PacketRules.LinkHeaderBytes, length) : 0;
        return !seen.DataMask(input)[first..length].ContainsAnyExcept((byte)0xff);
    }

    private static bool SawMaps(TestCase test, int input, ObservationBatch seen)
    {
        int length = seen[input].MapsLength;
        if (length < 0) return false;
        foreach (StatedMap stated in test.Inputs[input].MapsAfter)
        {
            Range part = MapImage.PartOf(stated.Map, test.Maps, seen.Maps(input)[..length]);
            if (seen.MapsMask(input)[part].ContainsAnyExcept((byte)0xff)) return false;
        }

        return true;
    }

    private static bool IsPacket(TestCase test, int input) => test.HasPackets && test.Inputs[input].Step is null;

    /// <summary>The facets that the case states and the run showed.</summary>
    private static Facets Comparable(TestCase test, int input, ObservationBatch seen)
    {
        ref Observation run = ref seen[input];
        Expectation expectation = test.Expectation;
        if (run.Status == ExecutionStatus.Inconclusive || expectation.Run == RunExpectation.Unstated) return Facets.None;

        CaseInput stated = test.Inputs[input];
        var comparable = Facets.Status;
        bool returned = run.Status == ExecutionStatus.Returned;
        if (returned && stated.Result is not null && run.R0Mask != 0) comparable |= Facets.R0;
        if (returned && stated.DataAfter is not null && run.DataLength >= 0) comparable |= Facets.Data;
        if (returned && !stated.MapsAfter.IsEmpty && run.MapsLength >= 0) comparable |= Facets.Maps;
        if (returned && !stated.ContextAfter.IsEmpty && run.ContextLength >= 0) comparable |= Facets.Context;
        if (expectation.Fault != FaultKind.None && run.Fault != FaultKind.None) comparable |= Facets.FaultKind;
        if (expectation.FaultPc is not null && run.FaultPc >= 0) comparable |= Facets.FaultPc;
        return comparable;
    }

    private static ExecutionStatus? StatusOf(RunExpectation expectation) => expectation switch
    {
        RunExpectation.Returned => ExecutionStatus.Returned,
        RunExpectation.Faulted or RunExpectation.FaultedOrReturned => ExecutionStatus.Faulted,
        RunExpectation.TimedOut => ExecutionStatus.TimedOut,
        RunExpectation.Unstated => null,
    };

    /// <summary>Where in the part of the image about a map the first difference is; <c>null</c>: there is none.</summary>
    public static int? FirstDifference(TestCase test, StatedMap stated, int input, ObservationBatch seen)
    {
        Span<byte> image = seen.Maps(input)[..seen[input].MapsLength];
        Range part = MapImage.PartOf(stated.Map, test.Maps, image);
        return DataComparer.FirstDifference(stated.Part.Span, image[part], seen.MapsMask(input)[part]);
    }

    private static bool DataDiffer(ReadOnlySpan<byte> stated, int input, ObservationBatch seen) =>
        DataComparer.FirstDifference(
            stated, seen.Data(input)[..seen[input].DataLength], seen.DataMask(input)) is not null;
}
