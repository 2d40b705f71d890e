using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.X64;

/// <summary>
/// What registers are known to hold on the way to an instruction: r10 plus a number, or that plus another register as it is now.
/// An access through one is compared without r10, or not at all.
/// </summary>
internal struct FrameSums
{
    private Sums _sums;

    /// <summary>The registers that hold one, a bit for each; and at least those that one is plus.</summary>
    private ushort _known;
    private ushort _indices;

    /// <summary>Control may come from anywhere.</summary>
    public void Forget() => _known = _indices = 0;

    /// <summary>What a register is, unless it is not known.</summary>
    public readonly FrameSum? Of(Register register) =>
        register == Register.R10 ? new FrameSum(0, null) : (_known >> (int)register & 1) != 0 ? _sums[(int)register] : null;

    /// <summary>Follows one instruction, which writes those registers.</summary>
    public void Follow(in Instruction i, ushort writes)
    {
        FrameSum? after = After(i);
        _known &= (ushort)~writes;
        if ((_indices & writes) != 0) ForgetSumsOf(writes);
        if (after is not { } sum || IsOfAny(sum, writes)) return;
        _sums[i.Dst] = sum;
        _known |= (ushort)(1 << i.Dst);
        if (sum.Index is { } index) _indices |= (ushort)(1 << (int)index);
    }

    private static bool IsOfAny(FrameSum sum, ushort registers) => sum.Index is { } index && (registers >> (int)index & 1) != 0;

    private void ForgetSumsOf(ushort registers)
    {
        for (int r = 0; r < MachineLimits.RegisterCount; r++)
        {
            if (IsOfAny(_sums[r], registers)) _known &= (ushort)~(1 << r);
        }

        _indices &= (ushort)~registers;
    }

    private readonly FrameSum? After(in Instruction i)
    {
        (var dst, var src) = ((Register)i.Dst, (Register)i.Src);
        switch (i.Opcode)
        {
            case Opcodes.MoveRegister64 when i.Offset == 0: return Of(src);
            case Opcodes.AddImmediate64: return Of(dst)?.Plus(i.Immediate);
            case Opcodes.SubtractImmediate64: return Of(dst)?.Plus(-(long)i.Immediate);
            case Opcodes.AddRegister64 when dst != src && Of(dst) is { Index: null } sum && src != Register.R10: return sum with { Index = src };
            default: return null;
        }
    }

    [InlineArray(MachineLimits.RegisterCount)]
    private struct Sums
    {
        private FrameSum _first;
    }
}

/// <summary>r10 + <paramref name="Offset"/>, and + <paramref name="Index"/> when there is one.</summary>
internal readonly record struct FrameSum(int Offset, Register? Index)
{
    /// <summary>Half of what a displacement reaches: what an access adds to it fits, too.</summary>
    private const int Far = 1 << 30;

    public FrameSum? Plus(long bytes) => Math.Abs(Offset + bytes) < Far ? this with { Offset = (int)(Offset + bytes) } : null;
}
