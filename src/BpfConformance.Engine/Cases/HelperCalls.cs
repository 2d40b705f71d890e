using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;

namespace BpfConformance.Engine.Cases;

/// <summary>The helpers that a program calls by number.</summary>
internal static class HelperCalls
{
    /// <summary>
    /// Those that Linux has, each once; the numbers that it has not are there for the verdict. Where the load must be refused, and may be for want of
    /// a helper, a machine needs none to be asked.
    /// </summary>
    public static IEnumerable<int> Needed(TestCase test) =>
        test.Expectation is { Load: LoadExpectation.Rejected } rejection && rejection.AllowsRejectionFor(ReasonClass.UnknownHelper) ? [] : In(test).Distinct();

    private static IEnumerable<int> In(TestCase test)
    {
        for (int pc = 0; pc < test.Program.Instructions.Length; pc += test.Program.Instructions[pc].IsWide ? 2 : 1)
        {
            Instruction i = test.Program.Instructions[pc];
            bool isHelper = i is { Opcode: Opcodes.Call, Src: 0 } && HelperTable.NameOf(i.Immediate) is not null;
            if (isHelper) yield return i.Immediate;
        }
    }
}
