using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.X64;

/// <summary>
/// What registers are known to hold on the way to an instruction: the context plus a number. Where a program keeps it in a register that
/// nothing else writes, as compilers have it, that holds it wherever control comes from.
/// </summary>
internal struct ContextPointers
{
    /// <summary>Half of what a displacement reaches.</summary>
    private const int Far = 1 << 30;

    private Offsets _offsets;
    private ushort _kept;

    /// <summary>A function begins.</summary>
    /// <param name="isGiven">Whether it is a program that has a context in r1.</param>
    /// <param name="kept">As <see cref="FindKept"/>.</param>
    public void Begin(bool isGiven, ushort kept)
    {
        (_offsets, _kept) = (default, isGiven ? kept : (ushort)0);
        if (isGiven) _offsets[(int)Register.R1] = 0;
    }

    /// <summary>Control may come from anywhere in the function.</summary>
    public void Forget()
    {
        for (int r = 0; r < (int)Register.R10; r++)
        {
            if ((_kept >> r & 1) == 0) _offsets[r] = null;
        }
    }

    /// <summary>The distance from the context, where that is known.</summary>
    public readonly int? Of(Register register) => _offsets[(int)register];

    /// <summary>Follows one instruction, which writes those registers.</summary>
    public void Follow(in Instruction i, ushort writes)
    {
        int? sum = After(i);
        for (int r = 0; writes >> r != 0; r++)
        {
            if ((writes >> r & 1) != 0) _offsets[r] = null;
        }

        if (sum is not null) _offsets[i.Dst] = sum;
    }

    /// <summary>The registers that calls keep, and that get r1 before control can be anywhere else in a function, and nothing else.</summary>
    /// <param name="program">All slots.</param>
    /// <param name="flow">The program's; each of its functions is one stretch.</param>
    /// <param name="liveness">Knows what each instruction writes.</param>
    /// <param name="start">Of the function.</param>
    /// <param name="end">Behind it.</param>
    public static ushort FindKept(ReadOnlySpan<Instruction> program, ControlFlow flow, Liveness liveness, int start, int end)
    {
        int kept = 0;
        int pc = start;
        do
        {
            ref readonly Instruction i = ref program[pc];
            ushort writes = liveness.EffectsOf(pc).Writes;
            if ((writes >> (int)Register.R1 & 1) != 0) break;
            if (i.Opcode == Opcodes.MoveRegister64 && i is { Offset: 0, Src: (int)Register.R1 }) kept |= writes & RegisterEffects.Kept;
            pc += i.IsWide ? 2 : 1;
        }
        while (pc < end && !flow.IsLeader(pc));

        int written = 0;
        for (pc = start; kept != 0 && pc < end; pc += program[pc].IsWide ? 2 : 1)
        {
            ushort writes = liveness.EffectsOf(pc).Writes;
            kept &= ~(written & writes);
            written |= writes;
        }

        return (ushort)kept;
    }

    private readonly int? After(in Instruction i)
    {
        switch (i.Opcode)
        {
            case Opcodes.MoveRegister64 when i.Offset == 0: return Of((Register)i.Src);
            case Opcodes.AddImmediate64: return Plus(Of((Register)i.Dst), i.Immediate);
            case Opcodes.SubtractImmediate64: return Plus(Of((Register)i.Dst), -(long)i.Immediate);
            default: return null;
        }
    }

    private static int? Plus(int? offset, long bytes) => Math.Abs((offset ?? Far) + bytes) < Far ? (int?)(offset + bytes) : null;

    [InlineArray(MachineLimits.RegisterCount)]
    private struct Offsets
    {
        private int? _first;
    }
}
