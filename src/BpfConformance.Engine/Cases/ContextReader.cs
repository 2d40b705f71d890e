using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Bytecode;

namespace BpfConformance.Engine.Cases;

/// <summary>
/// Reads <c>-- context</c> and <c>-- context-after</c>: fields of a structure, one a line; or bytes, where the kernel has no words for what is in it.
/// </summary>
internal sealed class ContextReader(Section section, ContextLayout layout)
{
    private const string Hex = "hex";
    private const string Expected = "FIELD = VALUE, FIELD[INDEX] = VALUE, or hex and bytes instead of the value";

    /// <summary>The line that states a byte; 0: none does.</summary>
    private readonly int[] _lines = new int[layout.SizeBytes];

    public ImmutableArray<StatedField> Read()
    {
        if (layout.Fields.All(field => !field.HasName)) return ReadBytes();
        ImmutableArray<StatedField> fields = [.. section.Entries.Select(ReadField)];
        return fields.IsEmpty ? throw section.Error($"'-- {section.Name}' is empty, expected {Expected}") : fields;
    }

    /// <summary>Fields as a context: all of it, with zeros where nothing is stated; of one without names as many bytes as stand there.</summary>
    public byte[] ToContext(ImmutableArray<StatedField> fields)
    {
        var context = new byte[layout.Fields.Any(field => field.HasName) ? layout.SizeBytes : fields.Sum(field => field.Value.Length)];
        foreach (StatedField field in fields) field.Value.Span.CopyTo(context.AsSpan(field.Offset));
        return context;
    }

    private ImmutableArray<StatedField> ReadBytes()
    {
        byte[] bytes = section.HoldsNoBytes ? [] : HexText.Parse(section.Text, section.File, section.FirstLine);
        return bytes.Length <= layout.SizeBytes
            ? [new StatedField(0, bytes, section.FirstLine)]
            : throw section.Error($"{bytes.Length} bytes of context, expected at most {layout.SizeBytes}");
    }

    private StatedField ReadField(Entry entry)
    {
        string[] sides = [.. entry.Text.Split('=').Select(FileLines.Trim)];
        if (sides is not [{ Length: > 0 } name, { Length: > 0 } text]) throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected {Expected}");

        (ContextPlace place, bool isNumber) = PlaceOf(entry, name);
        byte[] value = !FileLines.BeginsWith(text, Hex, out string digits)
            ? isNumber ? ReadNumber(entry, text, place) : throw section.Error(entry.Line, $"'{place.Name}' has {place.SizeBytes} bytes, expected its elements, such as {place.Name}[0], or hex and bytes")
            : section.Bytes(entry.Line, digits);
        if (value.Length != place.SizeBytes) throw section.Error(entry.Line, $"found {value.Length} bytes, expected {place.SizeBytes} for '{place.Name}'");

        Span<int> lines = _lines.AsSpan(place.Offset, place.SizeBytes);
        int other = lines.IndexOfAnyExcept(0);
        if (other >= 0) throw section.Error(entry.Line, $"second value for bytes of '{place.Name}', the first is in line {lines[other]}");
        lines.Fill(entry.Line);
        return new StatedField(place.Offset, value, entry.Line);
    }

    /// <summary>What a name stands for, and whether a number may.</summary>
    private (ContextPlace Place, bool IsNumber) PlaceOf(Entry entry, string text)
    {
        int bracket = text.IndexOf('[', StringComparison.Ordinal);
        string name = bracket < 0 ? text : FileLines.Trim(text[..bracket]);
        ContextField field = layout.Fields.FirstOrDefault(each => each.HasName && each.Name == name) ?? throw section.Error(
            entry.Line, $"there is no field {Section.Quote(name)} in {layout.Name}, expected one of: {string.Join(", ", layout.Fields.Where(each => each.HasName).Select(each => each.Name))}");

        ContextPlace place = bracket < 0 ? ContextPlace.Of(field) : ContextPlace.Of(field, IndexOf(entry, field, text[bracket..]));
        bool isNumber = field.Value == ContextValue.Number && place.Offset >= field.Offset;

        // For the packet of TEST_RUN, offsets stand there.
        return isNumber || layout == ContextTables.XdpMd
            ? (place, bracket >= 0 || !field.IsArray)
            : throw section.Error(entry.Line, $"'{place.Name}' is a pointer, expected a field that is a number");
    }

    private int IndexOf(Entry entry, ContextField field, string text)
    {
        if (!field.IsArray) throw section.Error(entry.Line, $"'{field.Name}' is no array, expected {Expected}");
        int index = 0;
        bool isIndex = text[^1] == ']' && ValueText.TryParseCount(FileLines.Trim(text[1..^1]), out index) && index < field.ElementCount;
        return isIndex
            ? index
            : throw section.Error(entry.Line, $"found {Section.Quote(text)}, expected [0] to [{field.ElementCount - 1}] for '{field.Name}'");
    }

    /// <summary>Unsigned or signed, little endian.</summary>
    private byte[] ReadNumber(Entry entry, string text, ContextPlace place)
    {
        ulong value = InputReader.ReadValue(section, entry.Line, text);
        int unused = 64 - (8 * place.SizeBytes);
        bool fits = text[0] == '-' ? (long)value << unused >> unused == (long)value : value << unused >> unused == value;
        if (!fits) throw section.Error(entry.Line, $"found {Section.Quote(text)}, expected a value of {8 * place.SizeBytes} bits for '{place.Name}'");

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..place.SizeBytes].ToArray();
    }
}
