using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Leaves out slots of a program that cannot be read as instructions, and fields of its slots.</summary>
public sealed class SlotPass : IReductionPass
{
    public string Name => "slots";

    public IEnumerable<TestCase> Candidates(TestCase current)
    {
        if (IrProgram.TryDecode(current.Program) is not null) return [];
        BpfProgram program = current.Program;
        ImmutableArray<Instruction> slots = program.Instructions;
        IEnumerable<ImmutableArray<Instruction>> shorter = program.Others.IsEmpty
            ? Chunks.Of(slots.Length).Select(chunk => slots.RemoveRange(chunk.Start, chunk.Count))
            : [];
        IEnumerable<ImmutableArray<Instruction>> plainer = Enumerable.Range(0, slots.Length).Reverse()
            .SelectMany(slot => Plainer(slots[slot]).Select(instruction => slots.SetItem(slot, instruction)));
        return shorter.Concat(plainer).Select(code => current.With(program with { Instructions = code }));
    }

    private static IEnumerable<Instruction> Plainer(Instruction slot)
    {
        foreach (Instruction plainer in (Instruction[])
            [IrCode.Move(Register.R0, 0).First, slot with { Immediate = 0 }, slot with { Offset = 0 }, slot with { Registers = 0 }, slot with { Registers = (byte)slot.Dst }, slot with { Opcode = 0 }])
        {
            if (plainer != slot) yield return plainer;
        }
    }
}
