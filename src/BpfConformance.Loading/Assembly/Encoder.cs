using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>Puts what a line says into the fields of its row.</summary>
internal static class Encoder
{
    private static readonly int s_fieldCount = Enum.GetValues<SlotField>().Length;

    /// <summary>The one or two slots of a statement; a distance to a label is left zero.</summary>
    /// <exception cref="BpfFormatException">A value does not fit its field, or two values of one field differ.</exception>
    public static Instruction[] Encode(Statement statement)
    {
        Span<long> fields = stackalloc long[s_fieldCount];
        if (statement.Form.Row is not { } row)
        {
            ReadCaptures(statement, fields);
            return [RawWord.ToInstruction(fields[(int)SlotField.Raw])];
        }

        fields[(int)SlotField.Src] = row.Src.Value;
        fields[(int)SlotField.Offset] = row.Offset.Value;
        fields[(int)SlotField.Immediate] = row.Immediate.Value;
        ReadCaptures(statement, fields);

        var first = new Instruction(
            row.Opcode,
            (Register)fields[(int)SlotField.Dst],
            (Register)fields[(int)SlotField.Src],
            (short)fields[(int)SlotField.Offset],
            unchecked((int)fields[(int)SlotField.Immediate]));
        return row.IsWide
            ? [first, new Instruction(0, 0, 0, unchecked((int)fields[(int)SlotField.NextImmediate]))]
            : [first];
    }

    /// <summary>The number as its field holds it.</summary>
    /// <exception cref="BpfFormatException">It does not fit.</exception>
    public static long Check(SourceLine line, Slot slot, Capture capture)
    {
        (Int128 least, Int128 most) = slot.Range;
        Int128 value = capture.Value;
        if (value >= least && value <= most) return unchecked((long)value);

        string problem = capture.Label is { } label ? $"label {SourceLine.Quote(label)} is {value} instructions away"
            : least == most ? $"found {slot.Format((long)value)}"
            : $"{value} does not fit the {slot.FieldName}";
        string expected = least == most ? slot.Format((long)least) : $"{least} to {most}";
        throw line.Error(capture.Column, $"{problem}, expected {expected}");
    }

    private static void ReadCaptures(Statement statement, Span<long> fields)
    {
        int seen = 0;
        for (int i = 0; i < statement.Captures.Count; i++)
        {
            Slot slot = statement.Form.Template.Slots[i];
            Capture capture = statement.Captures[i];
            long value = Check(statement.Line, slot, capture);
            int field = (int)slot.Field;
            if ((seen & (1 << field)) != 0 && fields[field] != value)
            {
                throw statement.Line.Error(
                    capture.Column, $"found {slot.Format(value)}, expected {slot.Format(fields[field])} as before");
            }

            seen |= 1 << field;
            fields[field] = value;
        }

        if ((seen & (1 << (int)SlotField.Immediate64)) == 0) return;
        long both = fields[(int)SlotField.Immediate64];
        (fields[(int)SlotField.Immediate], fields[(int)SlotField.NextImmediate]) = (unchecked((int)both), both >> 32);
    }
}
