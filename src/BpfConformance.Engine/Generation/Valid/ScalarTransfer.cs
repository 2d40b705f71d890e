using BpfConformance.Abi.Instructions;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>What the result of arithmetic can be. It says no more than a verifier knows: of quotients, remainders and swapped bytes nothing.</summary>
internal static class ScalarTransfer
{
    /// <param name="row">The operation.</param>
    /// <param name="first">The destination before.</param>
    /// <param name="second">The other operand, as wide as the operation; of <see cref="Operation.MovSx"/> the source.</param>
    public static ScalarRange Of(InstructionDef row, in ScalarRange first, in ScalarRange second) => row.Width == OperandWidth.W64
        ? Of(row, 64, first, second)
        : Of(row, 32, first.ZeroExtended(32), second.ZeroExtended(32)).ZeroExtended(32);

    private static ScalarRange Of(InstructionDef row, int width, in ScalarRange first, in ScalarRange second)
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
            case Operation.MovSx: return second.SignExtended(row.Offset.Value);
            case Operation.Lsh when IsCount(second, width): return first.ShiftLeft((int)second.Min);
            case Operation.Rsh when IsCount(second, width): return first.ShiftRight((int)second.Min);
            case Operation.Arsh when IsCount(second, width): return (width == 32 ? first.SignExtended(32) : first).ShiftRightSigned((int)second.Min);
            default: return ScalarRange.Unknown;
        }
    }

    private static bool IsCount(in ScalarRange range, int width) => range.IsConstant && range.Min < (ulong)width;
}
