using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Oracles;

/// <summary>Ways through a program, whatever its conditions say.</summary>
internal static class Detour
{
    /// <summary>Whether one of its programs can come to an end without coming to a slot. Functions are taken to return.</summary>
    /// <param name="program">Any slots, valid or not.</param>
    /// <param name="avoided">The slot.</param>
    public static bool Exists(BpfProgram program, int avoided)
    {
        ReadOnlySpan<Instruction> slots = program.Instructions.AsSpan();
        var seen = new bool[slots.Length];
        var open = new Stack<int>();
        for (int part = 0; part < program.Count; part++) open.Push(program[part].Start);
        while (open.TryPop(out int pc))
        {
            if (pc < 0 || pc >= slots.Length || pc == avoided || seen[pc]) continue;
            seen[pc] = true;
            Instruction slot = slots[pc];
            if (slot.Opcode == Opcodes.Exit) return true;
            if (JumpTargets.IsJump(slot)) open.Push(JumpTargets.Of(slot, pc));
            if (!JumpTargets.EndsBlock(slot)) open.Push(pc + (slot.IsWide ? 2 : 1));
        }

        return false;
    }
}
