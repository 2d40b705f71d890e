using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Findings;

/// <summary>Which registers a path has left something in, from its instructions alone.</summary>
internal static class PathRegisters
{
    /// <summary>r1 to r5 hold arguments, and nothing after a call.</summary>
    public const int LastArgument = 5;

    private const int Arguments = ((1 << LastArgument) - 1) << 1;

    /// <summary>Bit n: register n. What a run is given does not count.</summary>
    public static int WrittenOn(ReadOnlySpan<PathStep> path)
    {
        int written = 0;
        foreach (PathStep step in path)
        {
            if (step.IsCall) continue;
            bool isReturn = step.IsExit || step.Instruction.First.Opcode is Opcodes.Call or Opcodes.CallX;
            if (isReturn) written &= ~Arguments;
            if (step.Instruction.Result() is { } result) written |= 1 << (int)result;
        }

        return written;
    }
}
