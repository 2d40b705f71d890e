using BpfConformance.Abi.Instructions;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>What the result of arithmetic can be. It says no more than a verifier knows: of quotients, remainders, swapped bytes and signs nothing.</summary>
internal static class ScalarTransfer
{
    /// <param name="row">The operation.</param>
    /// <param name="first">The destination before.</param>
    /// <param name="second">The other operand, as wide as the operation.</param>
    public static ScalarRange Of(InstructionDef row, in ScalarRange first, in ScalarRange second) => row.Width == OperandWidth.W64
        ? Of(row, 64, first, second) ?? ScalarRange.Unknown
        : Of(row, 32, first.ZeroExtended(32), second.ZeroExtended(32))?.ZeroExtended(32) ?? ScalarRange.Unknown;

    /// <summary><c>null</c>: anything, and of a result of 32 bits not even that the others are 0 (kernel/bpf/verifier.c, 6.18, is_safe_to_compute_dst_reg_range).</summary>
    private static ScalarRange? Of(InstructionDef row, int width, in ScalarRange first, in ScalarRange second)
    {
        switch (row.Operation)
        {
            case Operation.Add: return first.Add(second);
            case Operation.Sub: return first.Subtract(second);
            case Operation.Mul: return first.Multiply(second);
            case Operation.Or: return first.Or(second);
            case Operation.And: return first.And(second);
            case Operation.Xor: return first.Xor(second);
            case Operation.Mov: return second;
            case Operation.Lsh when IsCount(second, width): return first.ShiftLeft((int)second.Min);
            case Operation.Rsh when IsCount(second, width): return first.ShiftRight((int)second.Min);
            case Operation.Arsh when IsCount(second, width): return (width == 32 ? first.SignExtended(32) : first).ShiftRightSigned((int)second.Min);
            default: return null;
        }
    }

    private static bool IsCount(in ScalarRange range, int width) => range.IsConstant && range.Min < (ulong)width;
}
