using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Gives registers lower numbers that no instruction names yet.</summary>
public sealed class RegisterPass : IrPass
{
    public override string Name => "registers";

    protected override IEnumerable<IrProgram> Candidates(IrProgram program)
    {
        var isNamed = new bool[1 << 4];
        foreach (IrInstruction instruction in program.Code)
        {
            if (instruction.Row is not { } row) continue;
            if (row.Dst.NamesRegister) isNamed[instruction.First.Dst] = true;
            if (row.Src.NamesRegister) isNamed[instruction.First.Src] = true;
        }

        for (int high = (int)Register.R9; high > 0; high--)
        {
            for (int low = 0; low < high && isNamed[high]; low++)
            {
                if (!isNamed[low]) yield return program with { Code = [.. program.Code.Select(instruction => Renamed(instruction, high, low))] };
            }
        }
    }

    private static IrInstruction Renamed(IrInstruction instruction, int from, int to)
    {
        if (instruction.Row is not { } row) return instruction;
        Instruction first = instruction.First;
        int dst = row.Dst.NamesRegister && first.Dst == from ? to : first.Dst;
        int src = row.Src.NamesRegister && first.Src == from ? to : first.Src;
        return instruction with { First = first with { Registers = (byte)(dst | (src << 4)) } };
    }
}
