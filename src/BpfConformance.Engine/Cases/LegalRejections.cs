using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;

namespace BpfConformance.Engine.Cases;

/// <summary>
/// What RFC 9669 gives a meaning and the kernel refuses all the same, since constants show it (kernel/bpf/verifier.c,
/// check_alu_op: "invalid shift", "div by zero"). Old vectors do not say so themselves.
/// </summary>
internal static class LegalRejections
{
    /// <summary>That every run returns; where the program has such constants, or that the load is refused for them.</summary>
    public static Expectation Of(ImmutableArray<Instruction> program)
    {
        var reasons = new SortedSet<ReasonClass>();
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (InstructionTable.Find(program[pc]) is { HasSourceRegister: false } row
                && ReasonOf(row, program[pc].Immediate) is { } reason)
            {
                reasons.Add(reason);
            }
        }

        return reasons.Count == 0
            ? ExpectationReader.Returns
            : new Expectation(LoadExpectation.AcceptedOrRejected, [.. reasons]);
    }

    private static ReasonClass? ReasonOf(InstructionDef row, int immediate)
    {
        if (row.Class is not (InstructionClass.Alu or InstructionClass.Alu64)) return null;

        uint bits = row.Width == OperandWidth.W64 ? 64u : 32u;
        bool isShift = row.Operation is Operation.Lsh or Operation.Rsh or Operation.Arsh;
        bool isDivision = row.Operation is Operation.Div or Operation.SDiv or Operation.Mod or Operation.SMod;
        return isShift && unchecked((uint)immediate) >= bits ? ReasonClass.ShiftOutOfRange
            : isDivision && immediate == 0 ? ReasonClass.DivisionByZero
            : null;
    }
}
