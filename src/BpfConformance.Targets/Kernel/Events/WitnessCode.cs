using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Probes;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>The program of a witness: r6 is the context, r7 where it writes.</summary>
internal static class WitnessCode
{
    /// <summary>The widths that a load may have, the one that copies most fields first.</summary>
    private static readonly int[] s_widths = [4, 8, 2, 1];

    /// <summary>A program of one map, whose index is 0.</summary>
    /// <param name="view">What it may read.</param>
    /// <param name="layout">What it writes.</param>
    /// <param name="position">Where in the map's value.</param>
    public static Instruction[] Of(ContextView view, WitnessLayout layout, int position)
    {
        List<Instruction> code =
        [
            Code.Move(Register.R6, Register.R1),
            .. Code.MapValue(Register.R7, 0),
            Code.Load(sizeof(ulong), Register.R2, Register.R7, position),
            Code.Add(Register.R2, 1),
            Code.Store(Register.R7, (short)position, Register.R2),
        ];
        foreach ((int offset, int width) in Copied(view, layout.ContextBytes))
        {
            code.Add(Code.Load(width, Register.R2, Register.R6, offset));
            code.Add(Code.Store(width, Register.R7, position + WitnessLayout.ContextPosition + offset, Register.R2));
        }

        if (DataFields(view) is var (start, end)) code.AddRange(CopyOfData(layout, position, start, end));
        if (BufferField(view) is { } buffer) code.AddRange(CopyOfBuffer(layout, position, buffer));
        return [.. code, Code.MoveImmediate(Register.R0, 1), Code.Exit];
    }

    /// <summary>The numbers that programs of that view may read in so many bytes, in parts that are loaded at once.</summary>
    public static ImmutableArray<(int Offset, int Width)> Copied(ContextView view, int bytes)
    {
        var copied = ImmutableArray.CreateBuilder<(int, int)>();
        foreach (ContextField field in view.Layout.Fields.Where(field => IsNumber(field) && view.PermissionOf(field) != FieldPermission.None))
        {
            bool isWhole = (field.Loads & FieldAccess.StartOnly) != FieldAccess.None;
            int start = field.FirstElement < field.Offset ? field.FirstElement + field.ElementBytes : field.Offset; // before it is a part of an address
            int width = isWhole ? field.SizeBytes : s_widths.First(each => field.Takes(start, each, ContextAccess.Load));
            int end = Math.Min(isWhole ? start + width : field.Offset + field.SizeBytes, bytes);
            for (int offset = start; offset < end; offset += width) copied.Add((offset, width));
        }

        return copied.ToImmutable();
    }

    /// <summary>Arguments by BTF are numbers where programs are attached here.</summary>
    private static bool IsNumber(ContextField field) => field.Value is ContextValue.Number or ContextValue.ByBtf;

    /// <summary>Where the context points to the first byte, and behind the last, of something that is seen byte for byte.</summary>
    private static (ContextField Start, ContextField End)? DataFields(ContextView view) =>
        view.Layout.Fields.FirstOrDefault(field => field.Value == ContextValue.PacketData) is { } start
            ? (start, view.Layout.Fields.First(field => field.Value == ContextValue.PacketEnd))
            : null;

    /// <summary>Where the context points to what a tracepoint lets programs write.</summary>
    private static ContextField? BufferField(ContextView view) => view.Layout.Fields.FirstOrDefault(field => field.Value == ContextValue.TracepointBuffer);

    private static Instruction[] CopyOfBuffer(WitnessLayout layout, int position, ContextField buffer) =>
    [
        Code.MoveImmediate(Register.R2, WritableTracepointEvent.Bytes),
        Code.Store(Register.R7, (short)(position + layout.LengthPosition), Register.R2),
        Code.Load(buffer.SizeBytes, Register.R2, Register.R6, buffer.Offset),
        Code.Load(WritableTracepointEvent.Bytes, Register.R3, Register.R2, 0),
        Code.Store(WritableTracepointEvent.Bytes, Register.R7, position + layout.DataPosition, Register.R3),
    ];

    private static List<Instruction> CopyOfData(WitnessLayout layout, int position, ContextField start, ContextField end)
    {
        List<Instruction> code =
        [
            Code.Load(start.SizeBytes, Register.R2, Register.R6, start.Offset),
            Code.Load(end.SizeBytes, Register.R3, Register.R6, end.Offset),
            Code.Move(Register.R4, Register.R3),
            Code.Subtract(Register.R4, Register.R2),
            Code.Store(Register.R7, (short)(position + layout.LengthPosition), Register.R4),
        ];
        const int SlotsEach = 5;
        for (int i = 0; i < WitnessLayout.MaxDataBytes; i++)
        {
            int rest = (WitnessLayout.MaxDataBytes - i) * SlotsEach;
            code.Add(Code.Move(Register.R4, Register.R2));
            code.Add(Code.Add(Register.R4, i + 1));
            code.Add(Code.JumpIfGreater(Register.R4, Register.R3, rest - 3));
            code.Add(Code.Load(1, Register.R5, Register.R2, i));
            code.Add(Code.Store(1, Register.R7, position + layout.DataPosition + i, Register.R5));
        }

        return code;
    }
}
