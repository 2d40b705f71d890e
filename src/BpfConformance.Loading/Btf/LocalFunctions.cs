using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Btf;

/// <summary>
/// Where the functions of a program begin, as the kernel counts them (<c>add_subprog_and_kfunc</c>, <c>check_subprogs</c>,
/// kernel/bpf/verifier.c, 6.18): whatever a call or a code address names, reached or not; each goes on to the next.
/// </summary>
public static class LocalFunctions
{
    private const int TailCall = 12; // bpf_tail_call, include/uapi/linux/bpf.h
    private const int ModeMask = 0xe0;
    private const int Absolute = 0x20;
    private const int Indirect = 0x40;

    /// <summary>The first slots of main and of every local function, ascending; what is named outside the program is none.</summary>
    public static ImmutableArray<int> Starts(ReadOnlySpan<Instruction> program)
    {
        var starts = new SortedSet<int> { 0 };
        for (int pc = 0; pc < program.Length; pc++)
        {
            if (TargetOf(program[pc], pc) is { } target && (uint)target < (uint)program.Length) starts.Add(target);
        }

        return [.. starts];
    }

    /// <summary>
    /// Whether the kernel demands <c>func_info</c> of the program, one record for each function: "missing btf func_info"
    /// of a code address (<c>check_ld_imm</c>), "not allowed in subprogs without BTF" of a tail call and of a packet access
    /// (<c>check_abnormal_return</c>).
    /// </summary>
    public static bool NeedTypes(ReadOnlySpan<Instruction> program)
    {
        int firstLocal = int.MaxValue;
        int lastLeave = -1;
        for (int pc = 0; pc < program.Length; pc++)
        {
            if (JumpTargets.IsCodeAddress(program[pc])) return true;
            if (TargetOf(program[pc], pc) is { } target && target > 0) firstLocal = Math.Min(firstLocal, target);
            if (MayLeave(program[pc])) lastLeave = pc;
        }

        return lastLeave >= firstLocal;
    }

    // Second slots of wide instructions are looked at too, as the kernel does; in a good program their opcode is 0.
    private static int? TargetOf(in Instruction instruction, int pc) =>
        JumpTargets.NamesFunction(instruction) ? JumpTargets.Of(instruction, pc) : null;

    /// <summary>Whether it can end the whole program from within a function.</summary>
    private static bool MayLeave(in Instruction instruction) =>
        instruction is { Opcode: Opcodes.Call, Src: 0, Immediate: TailCall }
        || (instruction.Class == InstructionClass.Ld && (instruction.Opcode & ModeMask) is Absolute or Indirect);
}
