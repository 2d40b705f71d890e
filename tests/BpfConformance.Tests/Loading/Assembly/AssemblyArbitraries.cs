using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Loading.Assembly;
using FsCheck;
using FsCheck.Fluent;

namespace BpfConformance.Tests.Loading.Assembly;

/// <summary>An instruction that obeys a row of the table: one slot, or two.</summary>
public sealed record ValidInstruction(InstructionDef Row, ImmutableArray<Instruction> Slots)
{
    public override string ToString() => $"{Row.Name}: {string.Join("; ", Slots)}";
}

/// <summary>Slots of any bits; many of them are instructions, or nearly.</summary>
public sealed record AnySlots(ImmutableArray<Instruction> Slots)
{
    public override string ToString() => string.Join("; ", Slots);
}

/// <summary>Lines that the assembler accepts, with a few characters changed.</summary>
public sealed record MutatedText(string Text);

/// <summary>FsCheck's generators for assembly, derived from the field rules of the instruction table.</summary>
public static class AssemblyArbitraries
{
    private static readonly string[] s_additions =
        ["", "", " ", "r", "11", "-", "+", "(", ")", "*", "#", ":", "%", "s", "0x", ",", "=", "\t", "é", "\0"];

    private static readonly Gen<int> s_int16 = Gen.OneOf(
        Gen.Elements(0, 1, -1, 8, -8, short.MaxValue, short.MinValue), Gen.Choose(short.MinValue, short.MaxValue));

    private static readonly Gen<int> s_int32 = Gen.OneOf(
        Gen.Elements(0, 1, -1, 5, int.MaxValue, int.MinValue),
        from high in Gen.Choose(0, 0xffff)
        from low in Gen.Choose(0, 0xffff)
        select (high << 16) | low);

    private static readonly Gen<Instruction> s_slot =
        from opcode in Gen.Choose(0, 255)
        from registers in Gen.Choose(0, 255)
        from offset in s_int16
        from immediate in s_int32
        select new Instruction((byte)opcode, (byte)registers, (short)offset, immediate);

    private static readonly Gen<ValidInstruction> s_valid =
        from row in Gen.Elements(InstructionTable.Rows.AsEnumerable())
        from slots in Of(row)
        select new ValidInstruction(row, slots);

    private static readonly Gen<ImmutableArray<Instruction>> s_nearlyValid =
        from valid in s_valid
        from junk in s_slot
        from change in Gen.Choose(0, 5)
        select Change(valid.Slots, junk, change);

    public static Arbitrary<ValidInstruction> ValidInstruction() => s_valid.ToArbitrary();

    public static Arbitrary<AnySlots> AnySlots() =>
        Gen.OneOf(s_slot.Select(slot => ImmutableArray.Create(slot)), s_nearlyValid)
            .ListOf()
            .Select(parts => new AnySlots([.. parts.SelectMany(part => part)]))
            .ToArbitrary();

    public static Arbitrary<MutatedText> MutatedText()
    {
        Gen<string> line =
            from valid in s_valid
            from syntax in Gen.Elements(Syntax.Kernel, Syntax.Legacy)
            from other in Gen.Elements("label:", "goto label", "# comment", "exit", "")
            from text in Gen.Elements(Disassembler.Format(valid.Slots.AsSpan(), 0, syntax), other)
            from position in Gen.Choose(0, text.Length)
            from removed in Gen.Choose(0, Math.Min(3, text.Length - position))
            from added in Gen.Elements(s_additions)
            select text.Remove(position, removed).Insert(position, added);
        return line.ListOf().Select(lines => new MutatedText(string.Join('\n', lines))).ToArbitrary();
    }

    /// <summary>Every instruction that obeys the row.</summary>
    public static Gen<ImmutableArray<Instruction>> Of(InstructionDef row) =>
        from dst in Field(row.Dst, s_int32)
        from src in Field(row.Src, s_int32)
        from offset in Field(row.Offset, s_int16)
        from immediate in Field(row.Immediate, s_int32)
        from next in Field(row.NextImmediate ?? FieldRule.Zero, s_int32)
        let first = new Instruction(row.Opcode, (Register)dst, (Register)src, (short)offset, immediate)
        select row.IsWide ? ImmutableArray.Create(first, new Instruction(0, 0, 0, next)) : [first];

    private static Gen<int> Field(FieldRule rule, Gen<int> any) => rule.Kind switch
    {
        FieldRuleKind.Zero or FieldRuleKind.Exactly => Gen.Constant(rule.Value),
        FieldRuleKind.Any => any,
        FieldRuleKind.AnyRegister => Gen.Choose(0, 10),
        FieldRuleKind.WritableRegister => Gen.Choose(0, 9),
    };

    private static ImmutableArray<Instruction> Change(ImmutableArray<Instruction> slots, Instruction junk, int change) =>
        change switch
        {
            0 => slots.SetItem(0, slots[0] with { Opcode = junk.Opcode }),
            1 => slots.SetItem(0, slots[0] with { Registers = junk.Registers }),
            2 => slots.SetItem(0, slots[0] with { Offset = junk.Offset }),
            3 => slots.SetItem(0, slots[0] with { Immediate = junk.Immediate }),
            4 => slots.SetItem(slots.Length - 1, slots[^1] with { Opcode = junk.Opcode }),
            _ => slots,
        };
}
