using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;

namespace BpfConformance.Engine.Cases;

/// <summary>The helpers that a program calls by number.</summary>
internal static class HelperCalls
{
    /// <summary>
    /// Those that Linux has and are not among <paramref name="helpers"/>, in order; the numbers that Linux has not are there for the verdict. Where the load must be
    /// refused, and may be for want of a helper, a machine needs none to be asked.
    /// </summary>
    public static IReadOnlyCollection<int> Missing(TestCase test, IReadOnlySet<int> helpers)
    {
        if (test.Expectation is { Load: LoadExpectation.Rejected } rejection && rejection.AllowsRejectionFor(ReasonClass.UnknownHelper)) return [];
        SortedSet<int>? missing = null;
        ReadOnlySpan<Instruction> program = test.Program.Instructions.AsSpan();
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (program[pc] is not { Opcode: Opcodes.Call, Src: 0, Immediate: var helper } || helpers.Contains(helper) || HelperTable.NameOf(helper) is null) continue;
            (missing ??= []).Add(helper);
        }

        return missing ?? (IReadOnlyCollection<int>)[];
    }
}
