using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Brings places in memory nearer to where their addresses point, on the stack to its end: all accesses of one place together.</summary>
public sealed class OffsetPass : IrPass
{
    private const int Word = 8;

    public override string Name => "offsets";

    protected override IEnumerable<IrProgram> Candidates(IrProgram program)
    {
        foreach ((int address, short offset) in program.Code.Select(PlaceOf).OfType<(int Address, short Offset)>().Distinct())
        {
            foreach (short nearer in Nearer(offset, isStack: address == (int)Register.R10))
            {
                yield return program with { Code = [.. program.Code.Select(instruction => PlaceOf(instruction) == (address, offset) ? instruction with { First = instruction.First with { Offset = nearer } } : instruction)] };
            }
        }
    }

    private static (int Address, short Offset)? PlaceOf(IrInstruction instruction) => instruction.Row is not { } row || row.Offset.Kind != FieldRuleKind.Any ? null
        : row.Class switch
        {
            InstructionClass.Ldx => (instruction.First.Src, instruction.First.Offset),
            InstructionClass.St or InstructionClass.Stx => (instruction.First.Dst, instruction.First.Offset),
            InstructionClass.Ld or InstructionClass.Alu or InstructionClass.Alu64 or InstructionClass.Jmp or InstructionClass.Jmp32 => null,
        };

    private static IEnumerable<short> Nearer(short offset, bool isStack)
    {
        short nearest = (short)(isStack ? -Word : 0);
        short half = (short)(offset / 2 / Word * Word);
        short whole = (short)(offset & -Word);
        return new[] { nearest, half, whole }.Where(other => Math.Abs((int)other) < Math.Abs((int)offset)).Distinct();
    }
}
