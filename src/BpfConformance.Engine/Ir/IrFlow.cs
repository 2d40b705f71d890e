using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Ir;

/// <summary>Where control can go in a program, from its instructions alone.</summary>
public static class IrFlow
{
    /// <summary>Of each instruction, whether any of the programs can come to it.</summary>
    public static bool[] Reached(this IrProgram program)
    {
        var reached = new bool[program.Code.Length];
        var open = new Stack<int>([0, .. program.Frame.Others.Select(other => other.Start)]);
        while (open.TryPop(out int index))
        {
            while ((uint)index < (uint)reached.Length && !reached[index])
            {
                reached[index] = true;
                IrInstruction instruction = program.Code[index];
                if (instruction.HasTarget) open.Push(instruction.Target);
                if (JumpTargets.EndsBlock(instruction.First)) break;
                index++;
            }
        }

        return reached;
    }

    /// <summary>The same without what none can come to: Linux refuses that.</summary>
    public static IrProgram WithoutUnreached(this IrProgram program)
    {
        bool[] reached = program.Reached();
        if (!reached.Contains(false)) return program;

        var places = new int[reached.Length + 1];
        for (int index = 0; index < reached.Length; index++) places[index + 1] = places[index] + (reached[index] ? 1 : 0);
        var code = new IrInstruction[places[^1]];
        for (int index = 0; index < reached.Length; index++)
        {
            if (!reached[index]) continue;
            IrInstruction instruction = program.Code[index];
            code[places[index]] = instruction.HasTarget && instruction.Target < reached.Length ? instruction.To(places[instruction.Target]) : instruction;
        }

        ImmutableArray<ProgramPart> others = [.. program.Frame.Others.Select(other => other with { Start = places[other.Start] })];
        return new IrProgram(ImmutableCollectionsMarshal.AsImmutableArray(code), program.Frame with { Others = others });
    }
}
