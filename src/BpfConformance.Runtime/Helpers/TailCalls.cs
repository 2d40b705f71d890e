using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// bpf_tail_call: r1 is the context, r2 an array of programs, r3 an index in it. Where it leads is for the engines, each of which goes
/// there in its own way (arch/x86/net/bpf_jit_comp.c, 6.18, emit_bpf_tail_call_indirect).
/// </summary>
public static unsafe class TailCalls
{
    /// <summary>The number of the helper.</summary>
    public const int Number = 12;

    /// <summary>No program: the call falls through.</summary>
    public const int None = ObjectIndices.None;

    /// <summary>Whether an instruction is a tail call.</summary>
    public static bool Is(in Instruction instruction) => instruction is { Opcode: Opcodes.Call, Src: 0, Immediate: Number };

    /// <summary>Finds out where a tail call leads, and counts it; the current program's frame becomes that of the next.</summary>
    /// <param name="m">The machine before the call.</param>
    /// <param name="program">The index of a program of the case, or <see cref="None"/>.</param>
    public static FaultKind Take(Machine* m, out int program)
    {
        program = None;
        if (m->Registers[(int)Register.R1] != m->Regions[Regions.Context].Start) return FaultKind.InvalidPointer;
        if (MapSet.Of(m, m->Registers[(int)Register.R2]) is not ProgArrayMap array) return FaultKind.InvalidPointer;
        HelperCall.Begin(m, Number);
        if (m->TailCallsLeft == 0) return FaultKind.None;
        program = array.ProgramAt((uint)m->Registers[(int)Register.R3]); // the index has 32 bits
        if (program != None) m->TailCallsLeft--;
        return FaultKind.None;
    }
}
