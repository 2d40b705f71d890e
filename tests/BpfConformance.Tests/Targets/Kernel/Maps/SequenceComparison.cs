using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Where two machines differ.</summary>
/// <param name="Step">The first step.</param>
/// <param name="Text">In what.</param>
internal sealed record SequenceDifference(int Step, string Text);

/// <summary>Compares a sequence on two machines, step by step, and what is in the maps at its end.</summary>
internal sealed class SequenceComparison(MapSequence sequence, ObservationBatch reference, ObservationBatch kernel)
{
    private readonly IGuarantees? _ofReference = GuaranteesOf(sequence);
    private readonly IGuarantees? _ofKernel = GuaranteesOf(sequence);

    public SequenceDifference? First()
    {
        for (int i = 0; i < sequence.Steps.Length; i++)
        {
            string? problem = ProblemOf(i) ?? (i == sequence.Steps.Length - 1 ? ProblemAtEnd(i) : null);
            if (problem is not null) return new SequenceDifference(i, problem);
        }

        return null;
    }

    private static IGuarantees? GuaranteesOf(MapSequence sequence)
    {
        bool hashesAlike = sequence.Map.Flags.HasFlag(MapFlags.ZeroSeed);
        return sequence.Kind.Freedom switch
        {
            Freedom.None => null,
            Freedom.Eviction => new EvictionGuarantees(CapacityOf(sequence.Map)),
            Freedom.FalsePositives => hashesAlike ? null : new BloomGuarantees(),
        };
    }

    /// <summary>With a list for each processor, each has as much (htab_map_alloc, 6.18).</summary>
    private static int CapacityOf(MapDefinition map)
    {
        int processors = BpfConformance.Targets.Kernel.PossibleProcessors.Count;
        bool isRounded = map.Flags.HasFlag(MapFlags.NoCommonLru);
        return isRounded ? (map.MaxEntries + processors - 1) / processors * processors : map.MaxEntries;
    }

    private string? ProblemOf(int i)
    {
        if (reference[i].Status != ExecutionStatus.Returned) return $"reference: {reference[i].Status} {reference[i].Fault} {reference.Reason(i)}";
        if (kernel[i].Status != ExecutionStatus.Returned) return $"kernel: {kernel[i].Status} {kernel.Reason(i)}";
        if (reference[i].R0Mask != ulong.MaxValue || kernel[i].R0Mask != ulong.MaxValue) return "r0 is not shown";
        if (_ofReference is null || _ofKernel is null) return ExactProblemOf(i);

        SeenStep left = SeenStep.Of(sequence, i, reference);
        SeenStep right = SeenStep.Of(sequence, i, kernel);
        if (_ofReference.IsLaidDown(left) || _ofKernel.IsLaidDown(right)) return ExactProblemOf(i) ?? Both(left, right);
        return Both(left, right);
    }

    private string? Both(in SeenStep left, in SeenStep right)
    {
        bool isWrong = left.Error is not (Errno.None or Errno.ENOENT or Errno.EEXIST);
        if (isWrong) return null; // both alike
        return _ofReference!.Check(left) is { } ours ? "reference: " + ours // the caller has seen that there are guarantees
            : _ofKernel!.Check(right) is { } theirs ? "kernel: " + theirs
            : null;
    }

    private string? ExactProblemOf(int i)
    {
        bool isUnordered = sequence.Steps[i].Step is MapStep { Command: MapCommand.NextKey }
            && sequence.Kind.Keys == KeyShape.Bytes && !sequence.Map.Flags.HasFlag(MapFlags.ZeroSeed);
        var mask = new Mask(isUnordered ? Facets.All & ~(Facets.Data | Facets.Maps) : Facets.All & ~Facets.Maps);
        Facets differences = FacetComparer.Differences(reference, i, kernel, i, mask);
        return differences == Facets.None ? null : $"{differences}: reference {Shown(reference, i)}, kernel {Shown(kernel, i)}";
    }

    /// <summary>
    /// What only user space can read is not seen where it may not (BPF_F_WRONLY), nor what only pops show, where it may not write.
    /// </summary>
    private string? ProblemAtEnd(int last)
    {
        if (reference[last].MapsLength < 0) return "reference: no image";
        if (kernel[last].MapsLength < 0) return IsHidden ? null : "kernel: no image";
        if (_ofReference is null || _ofKernel is null) return ExactProblemAtEnd(last);
        return _ofReference.CheckEnd(MapImage.Entries(sequence.Map, Image(reference, last))) is { } ours ? "reference at the end: " + ours
            : _ofKernel.CheckEnd(MapImage.Entries(sequence.Map, Image(kernel, last))) is { } theirs ? "kernel at the end: " + theirs
            : null;
    }

    private bool IsHidden =>
        sequence.Map.Flags.HasFlag(MapFlags.WriteOnly)
        || (sequence.Map.Type is MapType.Queue or MapType.Stack
            && (sequence.Map.Flags.HasFlag(MapFlags.ReadOnly) || sequence.Steps.Any(input => input.Step is MapStep { Command: MapCommand.Freeze })));

    private string? ExactProblemAtEnd(int last)
    {
        Facets differences = FacetComparer.Differences(reference, last, kernel, last, new Mask(Facets.Maps));
        if (differences == Facets.None) return null;
        string ours = Convert.ToHexString(Image(reference, last));
        return $"maps at the end: reference {ours}, kernel {Convert.ToHexString(Image(kernel, last))}";
    }

    private static byte[] Image(ObservationBatch seen, int index) => seen.Maps(index)[..seen[index].MapsLength].ToArray();

    private static string Shown(ObservationBatch seen, int i) =>
        $"{(long)seen[i].R0} [{Convert.ToHexString(seen.Data(i)[..Math.Max(seen[i].DataLength, 0)])}]";
}
