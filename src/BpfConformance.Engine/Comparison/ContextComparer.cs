using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>Compares the context that a run left with the fields that its case states.</summary>
public static class ContextComparer
{
    /// <summary>The offset of the first byte that was seen and is not as stated; <c>null</c>: there is none.</summary>
    public static int? FirstDifference(CaseInput stated, int input, ObservationBatch seen)
    {
        foreach (StatedField field in stated.ContextAfter.OrderBy(field => field.Offset))
        {
            if (EndOf(field) > seen[input].ContextLength) continue; // not seen
            int? place = DataComparer.FirstDifference(
                field.Value.Span, seen.Context(input)[field.Offset..EndOf(field)], seen.ContextMask(input)[field.Offset..]);
            if (place is { } byteOfField) return field.Offset + byteOfField;
        }

        return null;
    }

    /// <summary>Whether every field that is stated was seen in full.</summary>
    public static bool SawStated(CaseInput stated, int input, ObservationBatch seen)
    {
        foreach (StatedField field in stated.ContextAfter)
        {
            if (EndOf(field) > seen[input].ContextLength) return false;
            if (seen.ContextMask(input)[field.Offset..EndOf(field)].ContainsAnyExcept((byte)0xff)) return false;
        }

        return true;
    }

    /// <summary>What was seen, and in it what is stated instead.</summary>
    public static byte[] Expected(CaseInput stated, int input, ObservationBatch seen)
    {
        byte[] context = seen.Context(input)[..seen[input].ContextLength].ToArray();
        foreach (StatedField field in stated.ContextAfter)
        {
            if (EndOf(field) <= context.Length) field.Value.Span.CopyTo(context.AsSpan(field.Offset));
        }

        return context;
    }

    private static int EndOf(StatedField field) => field.Offset + field.Value.Length;
}
