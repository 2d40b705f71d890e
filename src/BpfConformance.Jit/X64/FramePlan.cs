using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Jit.X64;

/// <summary>What a function keeps on the host's stack.</summary>
/// <param name="Saved">Those of r6–r9 that it must put back for its caller, as bits.</param>
/// <param name="CountsMayGoto">Whether the count of may_goto lies on top.</param>
/// <param name="NeedsFrame">Whether its caller must give it a stack of its own.</param>
internal readonly record struct FramePlan(ushort Saved, bool CountsMayGoto, bool NeedsFrame)
{
    /// <summary>The frame of every function, when code is shared by several: any of it may run in any. And of programs, where one may go on in the frame of another.</summary>
    public static FramePlan Uniform => new(RegisterEffects.Kept, CountsMayGoto: true, NeedsFrame: true);

    /// <summary>The frame of the program itself: nobody called it, so its registers are what is looked at afterwards.</summary>
    public static FramePlan OfProgram(ControlFlow flow) => new(0, flow.HasMayGoto, NeedsFrame: false);

    /// <summary>For a function that is a stretch of slots.</summary>
    /// <param name="program">All of it.</param>
    /// <param name="effects">What each instruction reads and writes.</param>
    /// <param name="start">Where the function begins.</param>
    /// <param name="end">Behind its end.</param>
    public static FramePlan Of(ReadOnlySpan<Instruction> program, Liveness effects, int start, int end)
    {
        int written = 0;
        int read = 0;
        bool counts = false;
        for (int pc = start; pc < end; pc += program[pc].IsWide ? 2 : 1)
        {
            written |= effects.EffectsOf(pc).Writes;
            read |= effects.EffectsOf(pc).Reads;
            counts |= program[pc].Opcode == Opcodes.MayGoto;
            if (TailCalls.Is(program[pc])) return Uniform; // which that of the next program is then
        }

        return new((ushort)(written & RegisterEffects.Kept), counts, NeedsFrame: (read >> (int)Register.R10 & 1) != 0); // which calls read, too
    }
}
