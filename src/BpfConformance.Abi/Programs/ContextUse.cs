using BpfConformance.Abi.Instructions;

namespace BpfConformance.Abi.Programs;

/// <summary>What can be said from the slots alone of who looks at a context.</summary>
public static class ContextUse
{
    /// <summary>Whether any of the programs has a hook, and any an access that is not of its own frame.</summary>
    public static bool IsPossible(BpfProgram program)
    {
        if (!program.HasHook) return false;
        ReadOnlySpan<Instruction> slots = program.Instructions.AsSpan();
        for (int pc = 0; pc < slots.Length; pc += slots[pc].IsWide ? 2 : 1)
        {
            if (IsAccess(slots[pc]) && AddressOf(slots[pc]) != Register.R10) return true;
        }

        return false;
    }

    /// <summary>Whether an instruction is a load, a store or an atomic.</summary>
    public static bool IsAccess(in Instruction i) => i.Class is InstructionClass.Ldx or InstructionClass.St or InstructionClass.Stx;

    /// <summary>Where an access begins; of what is no instruction, where one like it would.</summary>
    private static Register AddressOf(in Instruction i) =>
        (Register)(i.Class == InstructionClass.Ldx || InstructionTable.Find(i) is { Operation: Operation.LoadAcquire } ? i.Src : i.Dst);
}
