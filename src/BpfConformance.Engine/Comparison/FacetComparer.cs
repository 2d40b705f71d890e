using System.Numerics;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>Compares two runs, facet by facet, in what both saw.</summary>
public static class FacetComparer
{
    /// <summary>The facets in which the runs differ.</summary>
    public static Facets Differences(
        ObservationBatch left, int leftIndex, ObservationBatch right, int rightIndex, in Mask mask)
    {
        ref Observation a = ref left[leftIndex];
        ref Observation b = ref right[rightIndex];
        Facets both = Comparable(left, leftIndex, right, rightIndex) & mask.Facets;
        var differences = Facets.None;

        if (both.HasFlag(Facets.Status) && a.Status != b.Status) differences |= Facets.Status;
        if (both.HasFlag(Facets.R0) && ((a.R0 ^ b.R0) & a.R0Mask & b.R0Mask & mask.R0) != 0) differences |= Facets.R0;
        if (both.HasFlag(Facets.Registers) && RegistersDiffer(a, b)) differences |= Facets.Registers;
        if (both.HasFlag(Facets.Data) && DataDiffer(left, leftIndex, right, rightIndex)) differences |= Facets.Data;
        if (both.HasFlag(Facets.Maps) && MapsDiffer(left, leftIndex, right, rightIndex)) differences |= Facets.Maps;
        if (both.HasFlag(Facets.Context) && ContextsDiffer(left, leftIndex, right, rightIndex)) differences |= Facets.Context;
        if (both.HasFlag(Facets.HelperTrace) && (a.HelperCalls, a.HelperHash) != (b.HelperCalls, b.HelperHash)) differences |= Facets.HelperTrace;
        if (both.HasFlag(Facets.FaultKind) && a.Fault != b.Fault) differences |= Facets.FaultKind;
        if (both.HasFlag(Facets.FaultPc) && a.FaultPc != b.FaultPc) differences |= Facets.FaultPc;
        if (both.HasFlag(Facets.Instructions) && a.Instructions != b.Instructions) differences |= Facets.Instructions;
        return differences;
    }

    /// <summary>The facets that both runs saw; a comparison of none proves nothing.</summary>
    public static Facets Comparable(ObservationBatch left, int leftIndex, ObservationBatch right, int rightIndex)
    {
        ref Observation a = ref left[leftIndex];
        ref Observation b = ref right[rightIndex];
        if (a.Status == ExecutionStatus.Inconclusive || b.Status == ExecutionStatus.Inconclusive) return Facets.None;

        var both = Facets.Status;
        if ((a.R0Mask & b.R0Mask) != 0) both |= Facets.R0;
        if ((a.RegistersMask & b.RegistersMask) != 0) both |= Facets.Registers;
        if (a.DataLength >= 0 && b.DataLength >= 0) both |= Facets.Data;
        if (a.MapsLength >= 0 && b.MapsLength >= 0) both |= Facets.Maps;
        if (a.ContextLength >= 0 && b.ContextLength >= 0) both |= Facets.Context;
        if (a.HelperCalls >= 0 && b.HelperCalls >= 0) both |= Facets.HelperTrace;
        bool sawKinds = a.Fault != FaultKind.None && b.Fault != FaultKind.None;
        if (sawKinds && a.Fault.NeedsTracking() == b.Fault.NeedsTracking()) both |= Facets.FaultKind;

        // Where exactly a budget ends a run is a machine's own: it may look at it block by block.
        if (a.Status == ExecutionStatus.TimedOut) return both;
        if (a.FaultPc >= 0 && b.FaultPc >= 0) both |= Facets.FaultPc;
        if (a.Instructions >= 0 && b.Instructions >= 0) both |= Facets.Instructions;
        return both;
    }

    private static bool RegistersDiffer(in Observation a, in Observation b)
    {
        for (int both = a.RegistersMask & b.RegistersMask; both != 0; both &= both - 1)
        {
            int r = BitOperations.TrailingZeroCount(both);
            if (a.Registers[r] != b.Registers[r]) return true;
        }

        return false;
    }

    private static bool DataDiffer(ObservationBatch left, int leftIndex, ObservationBatch right, int rightIndex) => ByteFacet.Differ(
        left.Data(leftIndex)[..left[leftIndex].DataLength],
        left.DataMask(leftIndex),
        right.Data(rightIndex)[..right[rightIndex].DataLength],
        right.DataMask(rightIndex));

    private static bool MapsDiffer(ObservationBatch left, int leftIndex, ObservationBatch right, int rightIndex) => ByteFacet.Differ(
        left.Maps(leftIndex)[..left[leftIndex].MapsLength],
        left.MapsMask(leftIndex),
        right.Maps(rightIndex)[..right[rightIndex].MapsLength],
        right.MapsMask(rightIndex));

    private static bool ContextsDiffer(ObservationBatch left, int leftIndex, ObservationBatch right, int rightIndex) => ByteFacet.Differ(
        left.Context(leftIndex)[..left[leftIndex].ContextLength],
        left.ContextMask(leftIndex),
        right.Context(rightIndex)[..right[rightIndex].ContextLength],
        right.ContextMask(rightIndex));
}
