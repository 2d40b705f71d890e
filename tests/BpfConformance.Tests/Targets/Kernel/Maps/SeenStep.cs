using BpfConformance.Abi;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>One operation and what came of it, the same for programs and user space.</summary>
/// <param name="Deed">What was done.</param>
/// <param name="Processor">Of which one's value; for user space and most deeds the first.</param>
/// <param name="Key">With which key.</param>
/// <param name="Value">The value that was given.</param>
/// <param name="Flags">Of the operation.</param>
/// <param name="Error">What was wrong; of a lookup that found nothing, ENOENT.</param>
/// <param name="Got">The value, or key, that was got.</param>
internal readonly record struct SeenStep(
    MapDeed Deed, uint Processor, byte[] Key, byte[] Value, ulong Flags, Errno Error, byte[] Got)
{
    public static SeenStep Of(MapSequence sequence, int index, ObservationBatch seen)
    {
        RunInput input = sequence.Steps[index];
        ReadOnlySpan<byte> got = seen.Data(index)[..Math.Max(seen[index].DataLength, 0)];
        Errno error = ErrorOf(input, seen[index].R0);
        if (input.Step is MapStep step)
        {
            return new SeenStep(DeedOf(input), 0, step.Key.ToArray(), step.Value.ToArray(), step.Flags, error, got.ToArray());
        }

        ReadOnlySpan<byte> memory = input.Data.Span;
        return new SeenStep(
            DeedOf(input),
            OperationLayout.ProcessorIn(memory),
            sequence.Layout.KeyIn(memory).ToArray(),
            sequence.Layout.ValueIn(memory).ToArray(),
            OperationLayout.FlagsIn(memory),
            error,
            sequence.Layout.ValueIn(got).ToArray());
    }

    public static Errno ErrorOf(in RunInput input, ulong r0)
    {
        MapDeed deed = DeedOf(input);
        bool saysFound = input.Step is null && deed is MapDeed.Lookup or MapDeed.LookupOn or MapDeed.Store;
        if (saysFound) return r0 == 1 ? Errno.None : Errno.ENOENT;
        if (deed == MapDeed.LookupInner) return r0 == 2 ? Errno.None : Errno.ENOENT;
        return deed == MapDeed.UpdateInner && r0 == 1 ? Errno.ENOENT : (Errno)(-(long)r0);
    }

    public static MapDeed DeedOf(in RunInput input) =>
        input.Step is MapStep step ? DeedOf(step.Command) : OperationLayout.DeedIn(input.Data.Span);

    private static MapDeed DeedOf(MapCommand command) => command switch
    {
        MapCommand.Lookup => MapDeed.Lookup,
        MapCommand.Update => MapDeed.Update,
        MapCommand.Delete => MapDeed.Delete,
        MapCommand.LookupAndDelete => MapDeed.LookupAndDelete,
        MapCommand.NextKey => MapDeed.NextKey,
        MapCommand.Freeze => MapDeed.Freeze,
    };
}
