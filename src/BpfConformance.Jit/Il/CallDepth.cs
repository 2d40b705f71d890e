using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Jit.Il;

/// <summary>How deep the calls of programs can go, from their call graph.</summary>
internal static class CallDepth
{
    /// <summary>Whether a ninth frame is possible: by recursion, or by a chain of so many calls.</summary>
    public static bool MayExceedFrames(ReadOnlySpan<Instruction> program, FunctionSet functions)
    {
        // After n rounds, reached holds the functions that may be the n-th frame after the program's.
        HashSet<LocalFunction> reached = [.. functions.Programs];
        for (int frame = 1; frame < MachineLimits.CallFrames; frame++) reached = Callees(program, functions, reached);
        return Callees(program, functions, reached).Count > 0;
    }

    private static HashSet<LocalFunction> Callees(
        ReadOnlySpan<Instruction> program, FunctionSet functions, HashSet<LocalFunction> callers)
    {
        HashSet<LocalFunction> callees = [];
        foreach (LocalFunction caller in callers)
        {
            foreach (int pc in caller.Slots)
            {
                if (JumpTargets.IsLocalCall(program[pc])) callees.Add(functions.At(JumpTargets.Of(program[pc], pc)));
                else if (Callbacks.Is(program[pc])) callees.UnionWith(functions.CalledBack);
            }
        }

        return callees;
    }
}
