using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Makes immediates plainer, but not those that stand for something.</summary>
public sealed class ImmediatePass : IrPass
{
    public override string Name => "immediates";

    protected override IEnumerable<IrProgram> Candidates(IrProgram program)
    {
        for (int index = program.Code.Length - 1; index >= 0; index--)
        {
            IrInstruction instruction = program.Code[index];
            if (!IsNumber(instruction)) continue;
            foreach (long plainer in PlainNumbers.Below(ValueOf(instruction))) yield return program.Replaced(index, With(instruction, plainer));
        }
    }

    private static bool IsNumber(in IrInstruction instruction) =>
        !instruction.HasTarget && instruction.Row is var row && (row is null || row.Immediate.Kind == FieldRuleKind.Any)
        && instruction.First.Opcode is not (Opcodes.Call or Opcodes.Ja or Opcodes.Ja32)
        && !(instruction.First.IsWide && instruction.First.Src != (int)LoadImm64Source.Immediate);

    private static long ValueOf(in IrInstruction instruction) => instruction.First.IsWide
        ? ((long)instruction.NextImmediate << 32) | (uint)instruction.First.Immediate
        : instruction.First.Immediate;

    private static IrInstruction With(in IrInstruction instruction, long value) => unchecked(instruction with
    {
        First = instruction.First with { Immediate = (int)value },
        NextImmediate = instruction.First.IsWide ? (int)(value >> 32) : 0,
    });
}
