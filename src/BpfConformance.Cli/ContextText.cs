using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Cli;

/// <summary>The context after a run, for a person: of all its fields those that the case states, and those that the program has changed.</summary>
internal static class ContextText
{
    private const int FieldsShown = 8;

    public static string Of(TestCase test, int input, ObservationBatch seen)
    {
        if (test.ContextOf(input) is not { } view || seen[input].ContextLength < 0) return "–";
        string[] fields = [.. Places(view.Layout, seen[input].ContextLength)
            .Where(place => IsStated(test.Inputs[input], place) || IsChanged(view, test.Inputs[input], place, seen.Context(input)))
            .Select(place => Text(place, seen.Context(input), seen.ContextMask(input)))];
        return fields.Length > FieldsShown ? $"{string.Join(", ", fields[..FieldsShown])}, …" : string.Join(", ", fields);
    }

    /// <summary>Each once, in the order of their bytes; bytes without a name are none.</summary>
    private static IEnumerable<ContextPlace> Places(ContextLayout layout, int length)
    {
        for (int offset = 0; offset < length;)
        {
            ContextPlace place = ContextPlace.At(layout, offset);
            if (place.IsNamed && place.Offset + place.SizeBytes <= length) yield return place;
            offset = Math.Max(place.Offset + place.SizeBytes, offset + 1);
        }
    }

    private static bool IsStated(CaseInput input, ContextPlace place) =>
        input.ContextAfter.Any(field => field.Offset < place.Offset + place.SizeBytes && place.Offset < field.Offset + field.Value.Length);

    /// <summary>What a program may not write, a machine fills in.</summary>
    private static bool IsChanged(ContextView view, CaseInput input, ContextPlace place, ReadOnlySpan<byte> after)
    {
        bool canBeWritten = view.Layout.Fields.Any(field =>
            place.Offset >= field.Offset && place.Offset < field.Offset + field.SizeBytes && view.PermissionOf(field) == FieldPermission.ReadWrite);
        if (!canBeWritten) return false;
        Span<byte> before = stackalloc byte[place.SizeBytes];
        before.Clear();
        ReadOnlySpan<byte> given = input.Context.Span;
        if (place.Offset < given.Length) given[place.Offset..Math.Min(given.Length, place.Offset + place.SizeBytes)].CopyTo(before);
        return !before.SequenceEqual(after.Slice(place.Offset, place.SizeBytes));
    }

    private static string Text(ContextPlace place, ReadOnlySpan<byte> context, ReadOnlySpan<byte> mask) =>
        mask.Slice(place.Offset, place.SizeBytes).ContainsAnyExcept((byte)0xff) ? $"{place.Name} = –" : $"{place.Name} = {place.ValueIn(context)}";
}
