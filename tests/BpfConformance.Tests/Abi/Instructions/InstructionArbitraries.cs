using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using FsCheck;
using FsCheck.Fluent;

namespace BpfConformance.Tests.Abi.Instructions;

/// <summary>Slots of any bits at all.</summary>
public sealed record AnyProgram(ImmutableArray<Instruction> Slots)
{
    public override string ToString() => string.Join("; ", Slots);
}

/// <summary>FsCheck's generators of instructions: of any bits, and of those that nearly or wholly obey a row.</summary>
public static class InstructionArbitraries
{
    private static readonly Gen<int> s_immediate = Gen.OneOf(
        Gen.Elements(0, 1, -1, 2, int.MinValue, int.MaxValue), Gen.Choose(-20, 20), Gen.Choose(int.MinValue, int.MaxValue));

    private static readonly Gen<Instruction> s_anyBits =
        from opcode in Gen.Choose(0, 255)
        from registers in Gen.Choose(0, 255)
        from offset in Gen.OneOf(Gen.Choose(-4, 4), Gen.Choose(short.MinValue, short.MaxValue))
        from immediate in s_immediate
        select new Instruction((byte)opcode, (byte)registers, (short)offset, immediate);

    private static readonly Gen<Instruction> s_ofARow =
        from row in Gen.Elements(InstructionTable.Rows.AsEnumerable())
        from dst in Field(row.Dst)
        from src in Field(row.Src)
        from offset in Field(row.Offset)
        from immediate in Field(row.Immediate)
        select new Instruction(row.Opcode, (Register)dst, (Register)src, (short)offset, immediate);

    private static readonly Gen<Instruction> s_nearlyOfARow =
        from valid in s_ofARow
        from other in s_anyBits
        from field in Gen.Choose(0, 3)
        select field switch
        {
            0 => valid with { Registers = other.Registers },
            1 => valid with { Offset = other.Offset },
            2 => valid with { Immediate = other.Immediate },
            _ => valid with { Opcode = other.Opcode },
        };

    private static readonly Gen<Instruction> s_instruction = Gen.OneOf(s_anyBits, s_ofARow, s_ofARow, s_nearlyOfARow);

    public static Arbitrary<Instruction> Instruction() => s_instruction.ToArbitrary();

    /// <summary>Programs that are wrong in every way; jumps are short, so that many of them lead somewhere.</summary>
    public static Arbitrary<AnyProgram> AnyProgram()
    {
        Gen<Instruction> wide = s_immediate.Select(immediate => new Instruction(0x18, 0, 0, immediate));
        Gen<Instruction> secondSlot = s_immediate.Select(immediate => new Instruction(0, 0, 0, immediate));
        Gen<Instruction> plain = Gen.Elements(
            new Instruction(0xb7, 0, 0, 1), new Instruction(0x95, 0, 0, 0),
            new Instruction(0x05, 0, 1, 0), new Instruction(0x85, 0x10, 0, 1));
        return Gen.OneOf(s_instruction, plain, plain, wide, secondSlot)
            .ListOf()
            .Select(slots => new AnyProgram([.. slots]))
            .ToArbitrary();
    }

    private static Gen<int> Field(FieldRule rule) => rule.Kind switch
    {
        FieldRuleKind.Zero or FieldRuleKind.Exactly => Gen.Constant(rule.Value),
        FieldRuleKind.Any => Gen.Choose(-4, 20),
        FieldRuleKind.AnyRegister => Gen.Choose(0, 10),
        FieldRuleKind.WritableRegister => Gen.Choose(0, 9),
    };
}
