using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Ir;

/// <summary>Which registers hold something that is read later, before each instruction and behind the last.</summary>
public static class Liveness
{
    /// <summary>Sets as those of <see cref="RegisterUse"/>, one for each instruction.</summary>
    public static int[] LiveBefore(this IrProgram program)
    {
        var live = new int[program.Code.Length + 1];
        for (bool changes = true; changes;)
        {
            changes = false;
            for (int index = program.Code.Length - 1; index >= 0; index--)
            {
                int before = Before(program.Code[index], index, live);
                changes |= before != live[index];
                live[index] = before;
            }
        }

        return live;
    }

    private static int Before(in IrInstruction instruction, int index, int[] live)
    {
        int after = JumpTargets.EndsBlock(instruction.First) ? 0 : live[index + 1];
        if (instruction.HasTarget && JumpTargets.IsJump(instruction.First)) after |= live[Math.Min(instruction.Target, live.Length - 1)];
        return (after & ~instruction.Writes()) | instruction.Reads();
    }
}
