using System.Collections.Frozen;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Oracles.Metamorphic;

/// <summary>Jumps over a jump on the opposite condition.</summary>
public sealed class JumpInverted : IRewrite
{
    private static readonly FrozenDictionary<Operation, Operation> s_opposites =
        new (Operation One, Operation Other)[]
        {
            (Operation.Jeq, Operation.Jne), (Operation.Jgt, Operation.Jle), (Operation.Jge, Operation.Jlt), (Operation.Jsgt, Operation.Jsle), (Operation.Jsge, Operation.Jslt),
        }
        .SelectMany(pair => new[] { KeyValuePair.Create(pair.One, pair.Other), KeyValuePair.Create(pair.Other, pair.One) })
        .ToFrozenDictionary();

    public string Name => "inversion";

    public Facets Same => Rewrites.SameButCount;

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        int at = entropy.Below(program.Code.Length);
        for (int tried = 0; tried < program.Code.Length; tried++, at = (at + 1) % program.Code.Length)
        {
            IrInstruction jump = program.Code[at];
            if (jump.Row is not { } row || !s_opposites.TryGetValue(row.Operation, out Operation opposite)) continue;
            byte opcode = InstructionTable.Rows.First(other => other.Operation == opposite && other.Class == row.Class && other.HasSourceRegister == row.HasSourceRegister).Opcode;
            IrProgram longer = program.Inserted(at + 1, [IrCode.GoTo(at + 1)], toInserted: false);
            int target = longer.Code[at].Target;
            return longer.Replaced(at, new IrInstruction(jump.First with { Opcode = opcode }, Target: at + 2))
                .Replaced(at + 1, IrCode.GoTo(target));
        }

        return null;
    }
}
