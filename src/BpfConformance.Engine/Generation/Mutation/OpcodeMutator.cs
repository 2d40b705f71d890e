using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Turns an instruction into another with the same operands.</summary>
/// <param name="rows">Of each row of the <see cref="InstructionTable"/>, by its index, whether it may be in a program.</param>
public sealed class OpcodeMutator(ImmutableArray<bool> rows) : IMutator
{
    private static readonly ImmutableArray<ImmutableArray<InstructionDef>> s_alike = [.. InstructionTable.Rows.Select(Alike)];

    public string Name => "opcode";

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        int at = entropy.Below(program.Code.Length);
        IrInstruction instruction = program.Code[at];
        if (instruction.Row is not { } row || s_alike[row.Index].IsEmpty) return null;

        InstructionDef other = s_alike[row.Index][entropy.Below(s_alike[row.Index].Length)];
        return rows[other.Index] ? program.Replaced(at, instruction with { First = As(other, instruction.First) }) : null;
    }

    /// <summary>With the opcode of a row, and what its rules fix.</summary>
    private static Instruction As(InstructionDef row, in Instruction old) => new(
        row.Opcode,
        (Register)old.Dst,
        row.Src.NamesRegister ? (Register)old.Src : (Register)row.Src.Value,
        row.Offset.Kind == FieldRuleKind.Any ? old.Offset : (short)row.Offset.Value,
        row.Immediate.Kind == FieldRuleKind.Any ? old.Immediate : row.Immediate.Value);

    /// <summary>The other rows of its kind of instruction that take an operand from wherever it does.</summary>
    private static ImmutableArray<InstructionDef> Alike(InstructionDef row) =>
        [.. InstructionTable.Rows.Where(other => other != row && Family(other) is { } family && family == Family(row))];

    /// <summary>Rows of a family read their fields in the same way; <c>null</c>: it has none.</summary>
    private static (char Kind, bool HasSource, bool HasImmediate)? Family(InstructionDef row)
    {
        char? kind = row.Class switch
        {
            InstructionClass.Alu or InstructionClass.Alu64 => row.Operation == Operation.AddressSpaceCast ? null : 'a',
            InstructionClass.Jmp or InstructionClass.Jmp32 => row.Dst.NamesRegister && row.Operation != Operation.CallRegister ? 'j' : null,
            InstructionClass.Ldx => 'l',
            InstructionClass.St => 's',
            InstructionClass.Stx => row.Operation == Operation.LoadAcquire ? 'l' : 'x',
            InstructionClass.Ld => null,
        };
        return kind is { } known ? (known, row.Src.NamesRegister, row.Immediate.Kind == FieldRuleKind.Any) : null;
    }
}
