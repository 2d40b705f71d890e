using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Changes a number in an instruction: an immediate, the offset of an access, or where a jump leads.</summary>
public sealed class NumberMutator : IMutator
{
    private const int Nudge = 8;
    private const int BackPercent = 5;

    public string Name => "number";

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        int at = entropy.Below(program.Code.Length);
        IrInstruction instruction = program.Code[at];
        if (instruction.Row is not { } row) return null;
        if (instruction.HasTarget) return JumpTargets.IsJump(instruction.First) ? program.Replaced(at, instruction.To(Target(program, at, ref entropy))) : null;

        Instruction first = instruction.First;
        bool hasOffset = row.Offset.Kind == FieldRuleKind.Any;
        bool hasImmediate = row.Immediate.Kind == FieldRuleKind.Any && row.Operation is not (Operation.CallHelper or Operation.CallKernel) && !first.NamesMap;
        if (hasOffset && (!hasImmediate || entropy.Below(2) == 0))
        {
            int offset = entropy.Below(4) == 0 ? entropy.Of<int>([short.MinValue, short.MaxValue]) : first.Offset;
            return program.Replaced(at, instruction with { First = first with { Offset = unchecked((short)(offset + entropy.Between(-Nudge, Nudge))) } });
        }

        return hasImmediate ? program.Replaced(at, instruction with { First = first with { Immediate = Other(first.Immediate, ref entropy) } }) : null;
    }

    /// <summary>Mostly ahead: what jumps back mostly never ends, and says little for the time that it takes.</summary>
    private static int Target(IrProgram program, int at, ref Entropy entropy) =>
        entropy.Chance(BackPercent) || at + 1 == program.Code.Length ? entropy.Below(program.Code.Length) : entropy.Between(at + 1, program.Code.Length - 1);

    private static int Other(int number, ref Entropy entropy) => entropy.Below(3) switch
    {
        0 => entropy.Of(ValueLattice.Immediates.AsSpan()),
        1 => number ^ (1 << entropy.Below(32)),
        _ => unchecked(number + entropy.Between(-Nudge, Nudge)),
    };
}
