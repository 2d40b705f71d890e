using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Jit;

/// <summary>Finds the calls of bpf_map_lookup_elem whose map is known when they are compiled.</summary>
internal static class DirectLookups
{
    /// <summary>bpf_map_lookup_elem.</summary>
    private const int LookupElem = 1;

    /// <summary>What is looked at for one call, so that compiling takes linear time.</summary>
    private const int MaxInstructions = 32;

    /// <summary>How a call finds the values of its map; <c>null</c>: that is for the helper to find out.</summary>
    /// <param name="program">Every slot was found valid.</param>
    /// <param name="flow">The program's.</param>
    /// <param name="memory">The machine that it will run on.</param>
    /// <param name="pc">Of the call of a helper.</param>
    /// <param name="map">The map, by index.</param>
    public static DirectLookup? At(ReadOnlySpan<Instruction> program, ControlFlow flow, MachineMemory memory, int pc, out int map)
    {
        map = -1;
        if (memory.Maps is not { } maps || program[pc].Immediate != LookupElem) return null;
        if (MapIn(program, flow, pc, Register.R1) is not { } known) return null;
        map = known;
        return maps[map].Definition.Flags.HasFlag(MapFlags.WriteOnlyForPrograms) ? null : maps[map].Direct;
    }

    /// <summary>Whether control comes from a lookup to a condition behind it that leads null away: what goes on has a value.</summary>
    /// <param name="program">Every slot was found valid.</param>
    /// <param name="flow">The program's.</param>
    /// <param name="pc">Behind the call.</param>
    public static bool IsNullCheck(ReadOnlySpan<Instruction> program, ControlFlow flow, int pc) =>
        pc < program.Length && !flow.IsTarget(pc)
        && program[pc] is { Opcode: Opcodes.JumpIfEqualImmediate64, Dst: (int)Register.R0, Immediate: 0 };

    /// <summary>The map that a register is, from the instructions before, back to where control may come from elsewhere.</summary>
    internal static int? MapIn(ReadOnlySpan<Instruction> program, ControlFlow flow, int pc, Register register)
    {
        for (int left = MaxInstructions; left > 0 && pc > 0 && !flow.IsTarget(pc); left--)
        {
            pc--;
            if (program[pc].Opcode == 0) pc--; // nothing else than the second slot of a wide instruction has this opcode
            ref readonly Instruction i = ref program[pc];
            if ((RegisterEffects.Of(i).Writes >> (int)register & 1) == 0) continue;
            if (i.IsWide) return (LoadImm64Source)i.Src is LoadImm64Source.MapByFd or LoadImm64Source.MapByIndex ? i.Immediate : null;
            if (i.Opcode != Opcodes.MoveRegister64 || i.Offset != 0) return null;
            register = (Register)i.Src;
        }

        return null;
    }
}
