using System.Runtime.CompilerServices;

namespace BpfConformance.Abi.Instructions;

/// <summary>Where instructions lead, from their fields alone; pcs count 64-bit slots.</summary>
public static class JumpTargets
{
    private static readonly bool[] s_isJump =
        [.. Enumerable.Range(0, 256).Select(opcode => (InstructionClass)(opcode & 7) is InstructionClass.Jmp or InstructionClass.Jmp32
            && opcode is not (Opcodes.Call or Opcodes.CallX or Opcodes.Exit))];

    private const int StraightClasses =
        (1 << (int)InstructionClass.Ldx) | (1 << (int)InstructionClass.St) | (1 << (int)InstructionClass.Stx)
        | (1 << (int)InstructionClass.Alu) | (1 << (int)InstructionClass.Alu64);

    /// <summary>Whether all it can do is go on with the next slot: its class says so, as it does of most. A wide instruction does not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsStraight(in Instruction instruction) => (StraightClasses >> (int)instruction.Class & 1) != 0;

    /// <summary>Whether the instruction may jump within its function: JA, JA32, may_goto and the conditions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // these are asked of every slot, several times
    public static bool IsJump(in Instruction instruction) => s_isJump[instruction.Opcode];

    /// <summary>Whether control never goes to the next instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool EndsBlock(in Instruction instruction) =>
        instruction.Opcode is Opcodes.Ja or Opcodes.Ja32 or Opcodes.Exit;

    /// <summary>Whether it is a call of a program-local function (RFC 9669 section 4.3.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLocalCall(in Instruction instruction) =>
        instruction.Opcode == Opcodes.Call && instruction.Src == 1;

    /// <summary>Whether it takes the address of a program-local function (RFC 9669 section 5.4, source 4).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCodeAddress(in Instruction instruction) =>
        instruction.Opcode == Opcodes.LoadImm64 && instruction.Src == (int)LoadImm64Source.Code;

    /// <summary>Whether it names a program-local function: it calls it, or takes its address for a helper that calls it back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NamesFunction(in Instruction instruction) => IsLocalCall(instruction) || IsCodeAddress(instruction);

    /// <summary>Whether slots have program-local functions.</summary>
    public static bool HaveFunctions(ReadOnlySpan<Instruction> slots)
    {
        foreach (ref readonly Instruction slot in slots)
        {
            if (NamesFunction(slot)) return true;
        }

        return false;
    }

    /// <summary>
    /// The pc a jump, a local call or a code address leads to; not necessarily inside the program. Only JA32 and
    /// those that name functions count in the immediate.
    /// </summary>
    public static int Of(in Instruction instruction, int pc) => unchecked(
        instruction.Opcode is Opcodes.Ja32 or Opcodes.Call or Opcodes.LoadImm64
            ? pc + 1 + instruction.Immediate
            : pc + 1 + instruction.Offset);
}
