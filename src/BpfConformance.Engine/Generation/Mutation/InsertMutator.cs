using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Puts in arithmetic of any form, on registers that the program uses.</summary>
/// <param name="rows">Of each row of the <see cref="InstructionTable"/>, by its index, whether it may be in a program.</param>
public sealed class InsertMutator(ImmutableArray<bool> rows) : IMutator
{
    private static readonly ImmutableArray<InstructionDef> s_arithmetic =
        [.. InstructionTable.Rows.Where(row => row.Class is InstructionClass.Alu or InstructionClass.Alu64 && row.Operation != Operation.AddressSpaceCast)];

    public string Name => "insert";

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        InstructionDef row = s_arithmetic[entropy.Below(s_arithmetic.Length)];
        uint used = 0;
        foreach (IrInstruction instruction in program.Code) used |= (uint)instruction.Named();
        used &= RegisterUse.Kept | RegisterUse.Arguments | 1; // all but the frame pointer
        if (!rows[row.Index] || used == 0) return null;

        var added = new Instruction(
            row.Opcode,
            (Register)entropy.BitOf(used),
            row.Src.NamesRegister ? (Register)entropy.BitOf(used) : (Register)row.Src.Value,
            (short)row.Offset.Value,
            row.Immediate.Kind == FieldRuleKind.Any ? entropy.Of(ValueLattice.Immediates.AsSpan()) : row.Immediate.Value);
        return program.Inserted(entropy.Below(program.Code.Length), [new IrInstruction(added)], toInserted: entropy.Below(2) == 0);
    }
}
