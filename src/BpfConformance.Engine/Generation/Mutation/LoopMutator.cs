using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Does some instructions several times, counted in a register that nothing else uses there.</summary>
public sealed class LoopMutator : IMutator
{
    private const int Longest = 8;
    private const int MostRounds = 5;
    private const byte JumpIfNotEqualImmediate64 = 0x55;

    public string Name => "loop";

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        int start = entropy.Below(program.Code.Length);
        int end = Math.Min(start + entropy.Between(1, Longest), program.Code.Length);
        int used = program.LiveBefore()[start] | program.LiveBefore()[end];
        for (int index = start; index < end; index++)
        {
            IrInstruction instruction = program.Code[index];
            if (JumpTargets.EndsBlock(instruction.First)) return null;
            used |= instruction.Reads() | instruction.Writes() | instruction.Named();
        }

        if (LeadsInto(program, start, end)) return null;
        int free = (RegisterUse.Arguments | RegisterUse.Kept | 1) & ~used;
        if (free == 0) return null;

        var counter = (Register)entropy.BitOf((uint)free);
        var less = new IrInstruction(Code.Add(counter, -1));
        var again = new IrInstruction(new Instruction(JumpIfNotEqualImmediate64, counter, default, 0, 0), Target: start + 1);
        IrProgram counted = program.Inserted(end, [less, again.To(start)], toInserted: true);
        return counted.Inserted(start, [IrCode.Move(counter, entropy.Between(1, MostRounds))]).Replaced(end + 2, again);
    }

    /// <summary>Whether something else leads behind the place where the counter begins.</summary>
    private static bool LeadsInto(IrProgram program, int start, int end)
    {
        for (int index = 0; index < program.Code.Length; index++)
        {
            int target = program.Code[index].Target;
            if ((index < start || index >= end) && target > start && target <= end) return true;
        }

        return false;
    }
}
