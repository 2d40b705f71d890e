using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Ir;

/// <summary>
/// A program in the form in which it is written and changed: one element an instruction, wide or not, and jumps and calls by place. Insertions and
/// removals keep the rest as it was. Several programs stand one behind the other, as in a <see cref="BpfProgram"/>.
/// </summary>
/// <param name="Code">The instructions.</param>
/// <param name="Frame">All else that is said of the program, and of those behind it; it has no instructions, and its <see cref="BpfProgram.Others"/> start at indices of <paramref name="Code"/>.</param>
public sealed record IrProgram(ImmutableArray<IrInstruction> Code, BpfProgram Frame)
{
    /// <summary>The slots that it has.</summary>
    public int Slots
    {
        get
        {
            int slots = 0;
            foreach (ref readonly IrInstruction instruction in Code.AsSpan()) slots += instruction.Slots;
            return slots;
        }
    }

    /// <summary>Reads a program; <c>null</c>: a wide instruction has no second half, or something leads, or a program begins, where no instruction does.</summary>
    public static IrProgram? TryDecode(BpfProgram program)
    {
        ReadOnlySpan<Instruction> slots = program.Instructions.AsSpan();
        var indexOf = new int[slots.Length];
        int count = 0;
        for (int pc = 0; pc < slots.Length; count++)
        {
            indexOf[pc] = count;
            if (!slots[pc].IsWide)
            {
                pc++;
                continue;
            }

            if (pc + 1 >= slots.Length || slots[pc + 1] is not { Opcode: 0, Registers: 0, Offset: 0 }) return null;
            indexOf[pc + 1] = IrInstruction.NoTarget;
            pc += 2;
        }

        var code = new IrInstruction[count];
        for (int pc = 0, index = 0; index < count; index++)
        {
            Instruction first = slots[pc];
            var instruction = new IrInstruction(first, first.IsWide ? slots[pc + 1].Immediate : 0);
            if (IrInstruction.Leads(first))
            {
                int target = JumpTargets.Of(first, pc);
                if ((uint)target >= (uint)slots.Length || indexOf[target] == IrInstruction.NoTarget) return null;
                instruction = new IrInstruction(WithDistance(instruction, 0), instruction.NextImmediate, indexOf[target]);
            }

            code[index] = instruction;
            pc += instruction.Slots;
        }

        foreach (ProgramPart other in program.Others)
        {
            if ((uint)other.Start >= (uint)slots.Length || indexOf[other.Start] == IrInstruction.NoTarget) return null;
        }

        BpfProgram frame = program with { Instructions = [], Others = [.. program.Others.Select(other => other with { Start = indexOf[other.Start] })] };
        return new IrProgram(ImmutableCollectionsMarshal.AsImmutableArray(code), frame);
    }

    /// <summary>Writes it; <c>null</c>: something leads further than its field can say, or behind the end.</summary>
    public BpfProgram? TryEncode()
    {
        int[] positions = Positions();
        var slots = new Instruction[positions[^1]];
        for (int index = 0; index < Code.Length; index++)
        {
            IrInstruction instruction = Code[index];
            int pc = positions[index];
            if (instruction.HasTarget)
            {
                if ((uint)instruction.Target >= (uint)Code.Length) return null;
                int distance = positions[instruction.Target] - pc - 1;
                if (!instruction.CountsInImmediate && distance != (short)distance) return null;
                slots[pc] = WithDistance(instruction, distance);
            }
            else
            {
                slots[pc] = instruction.First;
            }

            if (instruction.First.IsWide) slots[pc + 1] = new Instruction(0, 0, 0, instruction.NextImmediate);
        }

        ImmutableArray<ProgramPart> others = Frame.Others.IsEmpty ? [] : [.. Frame.Others.Select(other => other with { Start = positions[other.Start] })];
        return Frame with { Instructions = ImmutableCollectionsMarshal.AsImmutableArray(slots), Others = others };
    }

    /// <summary>The first slot of each instruction, and the number of slots last.</summary>
    public int[] Positions()
    {
        var positions = new int[Code.Length + 1];
        for (int index = 0; index < Code.Length; index++) positions[index + 1] = positions[index] + Code[index].Slots;
        return positions;
    }

    /// <summary>The index of the instruction that a slot belongs to.</summary>
    public int IndexOf(int pc)
    {
        int at = Array.BinarySearch(Positions(), pc);
        return at >= 0 ? at : ~at - 1;
    }

    /// <summary>Where the program begins that an instruction belongs to.</summary>
    public int StartOf(int index) => Frame.Others.LastOrDefault(other => other.Start <= index).Start; // before them stands the first, at 0

    /// <summary>Without some instructions; what led to one of them leads to what follows.</summary>
    public IrProgram Without(int start, int count) => Spliced(start, count, [], toInserted: true);

    /// <summary>With other instructions before one.</summary>
    /// <param name="at">The index of that one.</param>
    /// <param name="inserted">Targets in it are indices of the program as it becomes.</param>
    /// <param name="toInserted">Whether what led to that one leads to the inserted; else still to that one.</param>
    public IrProgram Inserted(int at, ReadOnlySpan<IrInstruction> inserted, bool toInserted = true) => Spliced(at, 0, inserted, toInserted);

    /// <summary>With another instruction in place of one.</summary>
    public IrProgram Replaced(int at, IrInstruction instruction) => this with { Code = Code.SetItem(at, instruction) };

    /// <summary>With other instructions in place of some.</summary>
    /// <param name="start">The first of those.</param>
    /// <param name="count">How many.</param>
    /// <param name="inserted">Targets in it are indices of the program as it becomes.</param>
    /// <param name="toInserted">Whether what led to the first of those leads to the inserted; else to what follows.</param>
    public IrProgram Spliced(int start, int count, ReadOnlySpan<IrInstruction> inserted, bool toInserted = true)
    {
        int added = inserted.Length;
        int Moved(int place) => place < start || (toInserted && place == start) ? place
            : place < start + count ? start + added
            : place + added - count;

        var code = new IrInstruction[Code.Length + added - count];
        for (int index = 0; index < Code.Length; index++)
        {
            if (index >= start && index < start + count) continue;
            IrInstruction old = Code[index];
            code[index < start ? index : index + added - count] = old.HasTarget ? old.To(Moved(old.Target)) : old;
        }

        inserted.CopyTo(code.AsSpan(start));
        ImmutableArray<ProgramPart> others = Frame.Others.IsEmpty ? [] : [.. Frame.Others.Select(other => other with { Start = Moved(other.Start) })];
        return new IrProgram(ImmutableCollectionsMarshal.AsImmutableArray(code), Frame with { Others = others });
    }

    public bool Equals(IrProgram? other) => other is not null && Frame.Equals(other.Frame) && Code.AsSpan().SequenceEqual(other.Code.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Frame, Code.Length);

    private static Instruction WithDistance(in IrInstruction instruction, int distance) => instruction.CountsInImmediate
        ? instruction.First with { Immediate = distance }
        : instruction.First with { Offset = (short)distance };
}
