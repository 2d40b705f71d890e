using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Validation;

/// <summary>The first thing wrong with a program.</summary>
/// <param name="Reason">The class of reason.</param>
/// <param name="Pc">The slot it was found at.</param>
/// <param name="Message">One sentence for a person.</param>
public sealed record ValidationError(ReasonClass Reason, int Pc, string Message);

/// <summary>
/// What can be said of a program from its fields alone: field rules, wide pairs, jump targets, reachability. It
/// follows RFC 9669 where a kernel is stricter (shift counts, division by an immediate zero).
/// </summary>
public static class ProgramValidator
{
    /// <summary>What is noted of so many slots has room on the stack.</summary>
    private const int SmallProgram = 512;

    [Flags]
    private enum Mark : byte
    {
        None = 0,

        /// <summary>An instruction begins here.</summary>
        Start = 1,

        /// <summary>Control comes here.</summary>
        Reached = 2,
    }

    /// <summary>The same of each program of several: none may lead into another.</summary>
    public static ValidationError? Validate(BpfProgram program)
    {
        for (int index = 0; index < program.Count; index++)
        {
            if (Validate(program.Instructions.AsSpan()[program.SlotsOf(index)]) is { } error)
            {
                return index == 0 ? error : error with { Pc = program[index].Start + error.Pc, Message = $"program {program[index].Name}: {error.Message}" };
            }
        }

        return null;
    }

    /// <summary>Returns the first error in program order, or <c>null</c> for a well-formed program.</summary>
    public static ValidationError? Validate(ReadOnlySpan<Instruction> program)
    {
        if (program.IsEmpty) return new(ReasonClass.EmptyProgram, 0, "the program has no instructions");

        Span<Mark> marks = program.Length <= SmallProgram ? stackalloc Mark[program.Length] : new Mark[program.Length];
        int last = 0;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            ref readonly Instruction i = ref program[pc];
            InstructionDef? def = InstructionTable.Find(i);
            if (def is null) return ClosestError(i, pc);
            if (i.IsWide && NextError(program, pc, def) is { } error) return error;
            marks[pc] = Mark.Start;
            last = pc;
        }

        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (!JumpTargets.IsStraight(program[pc]) && TargetError(program, marks, pc) is { } error) return error;
        }

        Reach(program, marks);
        return FlowError(program, marks, last);
    }

    private static ValidationError? NextError(ReadOnlySpan<Instruction> program, int pc, InstructionDef def)
    {
        if (pc + 1 >= program.Length)
        {
            return new(ReasonClass.IncompleteWideInstruction, pc, $"{def} needs a second slot, and the program ends");
        }

        Instruction next = program[pc + 1];
        if (next.Opcode != 0)
        {
            return new(ReasonClass.IncompleteWideInstruction, pc, $"the second slot of {def} has opcode 0x{next.Opcode:x2}, expected 0");
        }

        if (next.Registers != 0 || next.Offset != 0 || !def.NextImmediate!.Value.Allows(next.Immediate))
        {
            return new(ReasonClass.ReservedField, pc, $"the second slot of {def} has a reserved field that is not zero");
        }

        return null;
    }

    /// <summary>
    /// Explains an instruction that matches no row by the row that it breaks in the fewest fields. Fixed values say
    /// which form is meant, so a wrong register counts only among rows that agree in those.
    /// </summary>
    private static ValidationError ClosestError(in Instruction i, int pc)
    {
        ValidationError? best = null;
        int fewest = int.MaxValue;
        foreach (InstructionDef def in InstructionTable.WithOpcode(i.Opcode))
        {
            (string Field, FieldRule Rule, int Value)[] fields =
                [("dst", def.Dst, i.Dst), ("src", def.Src, i.Src), ("offset", def.Offset, i.Offset), ("imm", def.Immediate, i.Immediate)];
            var broken = fields.Where(field => !field.Rule.Allows(field.Value)).ToArray();
            int distance = broken.Sum(field => field.Rule.NamesRegister ? 1 : fields.Length);
            if (distance >= fewest) continue;
            fewest = distance;
            (string name, FieldRule rule, int value) = broken[0];
            best = new(ReasonOf(rule, value), pc, $"{def} has {name} {value}, expected {Expectation(rule)}");
        }

        return best ?? new(ReasonClass.UnknownOpcode, pc, $"0x{i.Opcode:x2} is no opcode");
    }

    private static ReasonClass ReasonOf(FieldRule rule, int value) => rule.Kind switch
    {
        FieldRuleKind.WritableRegister when value == (int)Register.R10 => ReasonClass.ReadOnlyRegister,
        FieldRuleKind.AnyRegister or FieldRuleKind.WritableRegister => ReasonClass.InvalidRegister,
        FieldRuleKind.Zero or FieldRuleKind.Exactly or FieldRuleKind.Any => ReasonClass.ReservedField,
    };

    private static string Expectation(FieldRule rule) => rule.Kind switch
    {
        FieldRuleKind.AnyRegister => "a register r0–r10",
        FieldRuleKind.WritableRegister => "a writable register r0–r9",
        FieldRuleKind.Zero => "0",
        FieldRuleKind.Exactly => $"{rule.Value}",
        FieldRuleKind.Any => "any value",
    };

    private static ValidationError? TargetError(ReadOnlySpan<Instruction> program, Span<Mark> marks, int pc)
    {
        ref readonly Instruction i = ref program[pc];
        bool isCall = JumpTargets.NamesFunction(i);
        if (!isCall && !JumpTargets.IsJump(i)) return null;

        int target = JumpTargets.Of(i, pc);
        if ((uint)target >= (uint)program.Length)
        {
            ReasonClass reason = isCall ? ReasonClass.InvalidCallTarget : ReasonClass.JumpOutOfRange;
            return new(reason, pc, $"leads to pc {target}, expected 0 to {program.Length - 1}");
        }

        return marks[target].HasFlag(Mark.Start)
            ? null
            : new(ReasonClass.JumpIntoWideInstruction, pc, $"leads to pc {target}, the second slot of a wide instruction");
    }

    /// <summary>Marks what control comes to.</summary>
    private static void Reach(ReadOnlySpan<Instruction> program, Span<Mark> marks)
    {
        Stack<int>? pending = null; // few programs need one

        // What is reached going forward is found in one go; jumps back lead to the rest.
        bool goesOn = true;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (!goesOn && !marks[pc].HasFlag(Mark.Reached)) continue;
            marks[pc] |= Mark.Reached;
            goesOn = JumpTargets.IsStraight(program[pc]) || Leave(program, pc, marks, ref pending, after: pc);
        }

        while (pending is not null && pending.TryPop(out int pc))
        {
            while (Leave(program, pc, marks, ref pending, after: int.MaxValue))
            {
                pc += program[pc].IsWide ? 2 : 1;
                if (pc >= program.Length || marks[pc].HasFlag(Mark.Reached)) break;
                marks[pc] |= Mark.Reached;
            }
        }
    }

    /// <summary>
    /// Marks where an instruction leads: what is not behind <paramref name="after"/> will not be come by, and is pending. Whether
    /// control goes on with the next.
    /// </summary>
    private static bool Leave(ReadOnlySpan<Instruction> program, int pc, Span<Mark> marks, ref Stack<int>? pending, int after)
    {
        ref readonly Instruction i = ref program[pc];
        if (JumpTargets.IsJump(i) || JumpTargets.NamesFunction(i))
        {
            int target = JumpTargets.Of(i, pc);
            if (!marks[target].HasFlag(Mark.Reached) && target <= after) (pending ??= new Stack<int>()).Push(target);
            marks[target] |= Mark.Reached;
        }

        return !JumpTargets.EndsBlock(i);
    }

    private static ValidationError? FlowError(ReadOnlySpan<Instruction> program, Span<Mark> marks, int last)
    {
        if (marks[last].HasFlag(Mark.Reached) && !JumpTargets.EndsBlock(program[last]))
        {
            return new(ReasonClass.FallsOffEnd, last, "the program can run past its last instruction");
        }

        int unreached = marks.IndexOf(Mark.Start);
        return unreached < 0 ? null : new(ReasonClass.UnreachableCode, unreached, "no path leads here");
    }
}
