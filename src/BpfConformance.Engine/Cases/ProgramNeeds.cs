using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Cases;

/// <summary>What a machine must have to be asked about a program.</summary>
/// <param name="Groups">The groups of all instructions in it.</param>
/// <param name="Cpu">The highest version of any.</param>
public sealed record ProgramNeeds(ImmutableSortedSet<ConformanceGroup> Groups, CpuVersion Cpu)
{
    public static ProgramNeeds Of(ReadOnlySpan<Instruction> program)
    {
        var groups = new HashSet<ConformanceGroup>();
        var cpu = CpuVersion.V1;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (ClosestRow(program[pc]) is not { } row) continue;
            groups.Add(row.Group);
            if (row.Since > cpu) cpu = row.Since;
        }

        return new ProgramNeeds([.. groups], cpu);
    }

    /// <summary>A slot that breaks the rules of every row with its opcode asks for no more than the oldest of them.</summary>
    private static InstructionDef? ClosestRow(in Instruction instruction) =>
        InstructionTable.Find(instruction)
        ?? InstructionTable.WithOpcode(instruction.Opcode).MinBy(row => (row.Group, row.Since));
}
