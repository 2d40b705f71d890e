using BpfConformance.Abi.Instructions;
using BpfConformance.Jit.X64;

namespace BpfConformance.SeededBugs.Defects;

/// <summary>Code that was emitted, to be changed where it stands.</summary>
internal static unsafe class EmittedBytes
{
    public static Span<byte> From(int position)
    {
        ref Emitter code = ref Workspace.Current.Code;
        return new(code.Bytes + position, code.Position - position);
    }
}

/// <summary>What the compiler emits before a division by a register: test, jump, and where there is a sign compare, jump.</summary>
internal static class DivisionCode
{
    public const int JumpBytes = 6;
    public const byte JumpIfAbove = 0x87;
    public const byte NoOperation = 0x90;

    public static int TestBytes(OperandWidth width, Operand divisor) => 2 + RexBytes(width, divisor);

    public static int CompareBytes(OperandWidth width, Operand divisor) => 3 + RexBytes(width, divisor);

    private static int RexBytes(OperandWidth width, Operand divisor) =>
        width == OperandWidth.W64 || X64Registers.Of(divisor.Register) >= X64Register.R8 ? 1 : 0;
}

/// <summary>The upper half of a register is kept over an instruction, where divisions by an immediate keep theirs.</summary>
internal static class UpperHalf
{
    public static void Save(Register register) =>
        Workspace.Current.Code.Store(sizeof(ulong), MachineField.Divisor, X64Registers.Of(register));

    public static void Restore(Register register)
    {
        ref Emitter code = ref Workspace.Current.Code;
        code.Load(sizeof(ulong), signed: false, X64Registers.Scratch, MachineField.Divisor);
        code.Shift(X64Shift.Shr, wide: true, X64Registers.Scratch, 32);
        code.Shift(X64Shift.Shl, wide: true, X64Registers.Scratch, 32);
        code.Move(wide: false, X64Registers.Of(register), X64Registers.Of(register));
        code.Alu(X64Alu.Or, wide: true, X64Registers.Of(register), X64Registers.Scratch);
    }
}

/// <summary>I02: the comparisons that it is about.</summary>
internal static class Unsigned
{
    public static bool Takes(JumpCondition condition, OperandWidth width, Operand src) =>
        width == OperandWidth.W64 && src is { IsRegister: false, Immediate: < 0 }
        && condition is JumpCondition.Jgt or JumpCondition.Jge or JumpCondition.Jlt or JumpCondition.Jle;
}
