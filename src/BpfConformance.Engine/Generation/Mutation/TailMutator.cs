using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Has two ends of a program, of any of its functions but of no other program, share the code that they have in common, as compilers do to save some: one jumps into the other.</summary>
public sealed class TailMutator : IMutator
{
    public string Name => "tail";

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        int[] exits = [.. Enumerable.Range(0, program.Code.Length).Where(index => program.Code[index].First.Opcode == Opcodes.Exit)];
        if (exits.Length < 2) return null;

        int kept = entropy.Of<int>(exits);
        int[] same = [.. exits.Where(exit => program.StartOf(exit) == program.StartOf(kept))];
        if (same.Length < 2) return null;

        int given = same[(Array.IndexOf(same, kept) + entropy.Between(1, same.Length - 1)) % same.Length];
        int length = entropy.Between(1, Common(program, kept, given));
        int start = kept - length + 1;
        return program.Spliced(given - length + 1, length, [IrCode.GoTo(kept < given ? start : start - length + 1)]);
    }

    /// <summary>How many instructions before two exits, with these, are the same; nothing leads into those that are given up but to the first.</summary>
    private static int Common(IrProgram program, int kept, int given)
    {
        bool[] entries = program.Entries();
        int most = Math.Min(Math.Abs(kept - given), Math.Min(kept, given) - program.StartOf(kept) + 1);
        int length = 1;
        while (length < most && !entries[given - length + 1] && program.Code[kept - length] == program.Code[given - length]) length++;
        return length;
    }
}
