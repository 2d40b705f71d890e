namespace BpfConformance.Mutants;

/// <summary>The kinds of bug, by what is mistaken.</summary>
public enum MutantClass
{
    WrongOperation, Signedness, Width, Extension, Shift, DivisionByZero, Overflow, Rounding, Immediate, Operand, Value,
    RegisterNumber, Clobber, Aliasing, MemorySize, ByteOrder, Offset, Alignment, Bounds, Neighbor, OldValue, Exchange,
    Condition, JumpTarget, Frame, Helper, Exit,
}

/// <summary>The kinds of bug, for people.</summary>
public static class MutantClasses
{
    /// <summary>What it is called, and a sentence on what goes wrong.</summary>
    public static (string Name, string Meaning) Describe(MutantClass kind) => kind switch
    {
        MutantClass.WrongOperation => ("wrong operation", "Another operation is done, or the operands are exchanged."),
        MutantClass.Signedness => ("signedness", "An operand, or a half of it, is taken as signed that is not, or as unsigned that is."),
        MutantClass.Width => ("width", "Too many or too few bits are computed or compared, or carries between them are lost."),
        MutantClass.Extension => ("extension", "The upper bits of what is written are kept, cleared or set where they should not be."),
        MutantClass.Shift => ("shift", "A count is masked wrongly or not at all, or the wrong bits are shifted in."),
        MutantClass.DivisionByZero => ("division by zero", "A divisor of 0 faults or gives a wrong result, or another divisor is taken for 0."),
        MutantClass.Overflow => ("overflow", "Division by -1 faults or gives a wrong result, or a signed comparison overflows."),
        MutantClass.Rounding => ("rounding", "A signed quotient is rounded in the wrong direction, or a remainder has the wrong sign."),
        MutantClass.Immediate => ("immediate", "The immediate is cut, extended or put together wrongly, or taken for another."),
        MutantClass.Operand => ("operand", "An operand is misread, or one value of it, such as 0 or the minimum, gives a wrong result."),
        MutantClass.Value => ("value", "The result is plainly wrong: not written, 0, one more, negated, without one of its bits."),
        MutantClass.RegisterNumber => ("register number", "A register, or a byte of it, is read or written that the instruction does not name."),
        MutantClass.Clobber => ("clobber", "A register is changed that the instruction should leave alone."),
        MutantClass.Aliasing => ("aliasing", "The instruction goes wrong when dst and src are the same register, or src is r0."),
        MutantClass.MemorySize => ("memory size", "Another number of bytes is loaded or stored, or a load sign-extends that should not, or the reverse."),
        MutantClass.ByteOrder => ("byte order", "Bytes or halves of a value are taken, or left, in another order."),
        MutantClass.Offset => ("offset", "An address is computed wrongly: its offset is ignored, cut, scaled or has the wrong sign."),
        MutantClass.Alignment => ("alignment", "An address that is not aligned faults, or is rounded down."),
        MutantClass.Bounds => ("bounds", "An access outside of memory or the packet does not end the run as it should."),
        MutantClass.Neighbor => ("neighbor", "Memory beside the place that is written changes, too."),
        MutantClass.OldValue => ("old value", "An atomic operation gives a wrong old value, leaves it in another register, or gives one where none is asked for."),
        MutantClass.Exchange => ("exchange", "Compare-and-exchange compares or stores the wrong thing, or leaves the wrong value in r0."),
        MutantClass.Condition => ("condition", "A jump is taken on another condition, always or never."),
        MutantClass.JumpTarget => ("jump target", "A jump or call leads to the wrong place, or another instruction than the next follows."),
        MutantClass.Frame => ("frame", "A local call, or the return from it, loses registers, the stack, the result or the place to return to, or counts frames wrongly."),
        MutantClass.Helper => ("helper", "Another helper is called or none, an argument is passed wrongly, the result is wrong or lost, or the next instruction is skipped."),
        MutantClass.Exit => ("exit", "The program returns something else than r0."),
    };
}
