using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Puts in some instructions of another program, on other registers.</summary>
/// <param name="donor">The other program.</param>
public sealed class SpliceMutator(IrProgram donor) : IMutator
{
    private const int Longest = 12;

    public string Name => "splice";

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        int start = entropy.Below(donor.Code.Length);
        int count = 0;
        for (int longest = entropy.Between(1, Longest); count < longest && start + count < donor.Code.Length && IsPlain(donor.Code[start + count]);) count++;
        if (count == 0) return null;

        byte[] names = RegisterUse.SameNames();
        for (int register = 9; register > 0; register--)
        {
            int other = entropy.Below(register + 1);
            (names[register], names[other]) = (names[other], names[register]);
        }

        var taken = new IrInstruction[count];
        for (int i = 0; i < count; i++) taken[i] = donor.Code[start + i].Renamed(names);
        return program.Inserted(entropy.Below(program.Code.Length), taken);
    }

    /// <summary>Whether it means the same there: it leads nowhere, and names no map.</summary>
    private static bool IsPlain(in IrInstruction instruction) =>
        instruction.Row is not null && !instruction.HasTarget && !instruction.First.NamesMap && !Abi.Instructions.JumpTargets.EndsBlock(instruction.First);
}
