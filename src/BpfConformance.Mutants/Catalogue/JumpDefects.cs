using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Jumps: the condition, what is compared, and where they lead.</summary>
internal static class JumpDefects
{
    private static readonly Type[] s_conditions =
    [
        typeof(Jeq), typeof(Jne), typeof(Jset), typeof(Jgt), typeof(Jge), typeof(Jlt), typeof(Jle), typeof(Jsgt), typeof(Jsge), typeof(Jslt), typeof(Jsle),
    ];

    public static IEnumerable<Defect> Of(Subject row)
    {
        bool isConditional = row.IsShape(typeof(JumpIf32<,>), typeof(JumpIf64<,>));
        if (row.IsShape(typeof(MayGoto))) return MayGotos(row);
        if (!isConditional && !row.IsShape(typeof(Jump), typeof(CallLocal))) return [];
        IEnumerable<Defect> targets = Targets(row);
        return isConditional ? targets.Concat(Conditions(row)).Concat(Compared(row)).Concat(Values(row)) : targets;
    }

    private static IEnumerable<Defect> Conditions(Subject row)
    {
        foreach (Type condition in s_conditions.Where(condition => condition != row.First))
        {
            string name = condition.Name.ToLowerInvariant();
            yield return new($"does-{name}", MutantClass.Condition, $"did {name}", row.Of(condition));
        }

        yield return new("always", MutantClass.Condition, "always jumped", row.Of(typeof(Always)));
        yield return new("never", MutantClass.Condition, "never jumped", row.Of(typeof(Never)));
        if (!row.Is(Operation.Jset)) yield break;
        yield return new("inverted", MutantClass.Condition, "jumped when no bit is common", row.Of(typeof(Inverted<>)));
        yield return new("all-bits", MutantClass.Condition, "jumped when all bits of the second operand are set", row.Of(typeof(AllBits)));
        yield return new("any-bit", MutantClass.Condition, "jumped when any bit of either operand is set", row.Of(typeof(AnyBit)));
    }

    private static IEnumerable<Defect> Compared(Subject row)
    {
        yield return row.Is32
            ? new("compares-64-bits", MutantClass.Width, "compared 64 bits", row.As(typeof(JumpIf64<,>)), "A02 A14")
            : new("compares-32-bits", MutantClass.Width, "compared the lower halves", row.As(typeof(JumpIf32<,>)), "A03");
        Type compared = typeof(Compared<,,>);
        yield return Misread("compares-16-bits", "compared the low 16 bits", Change.LowBits(16), Change.LowBits(16));
        yield return Misread("compares-8-bits", "compared the low bytes", Change.LowBits(8), Change.LowBits(8));
        if (!row.Is32)
        {
            Type upper = typeof(ShiftedDown<>).MakeGenericType(Number.Of(32));
            yield return Misread("compares-upper-halves", "compared only the upper halves", upper, upper);
            yield return Misread("cuts-dst", "compared the low half of dst, zero-extended", Change.LowBits(32), Change.None);
            yield return Misread("extends-dst", "compared the low half of dst, sign-extended", Change.SignedBits(32), Change.None);
        }

        if (!row.Is32 && row.Row.HasSourceRegister)
        {
            yield return Misread("cuts-src", "compared with the low half of src, zero-extended", Change.None, Change.LowBits(32));
            yield return Misread("extends-src", "compared with the low half of src, sign-extended", Change.None, Change.SignedBits(32));
        }

        if (row.Is(Operation.Jsgt, Operation.Jsge, Operation.Jslt, Operation.Jsle))
        {
            yield return new("overflows", MutantClass.Overflow, "looked at the sign of the difference", row.Of(typeof(OfDifference<>)));
            if (!row.Is32)
            {
                yield return new(
                    "signed-low-halves", MutantClass.Signedness, "compared equal upper halves' lower ones as signed",
                    row.Of(typeof(SignedLowHalves<>)), "A03");
            }
        }

        Type operation = row.Is(Operation.Jset) ? typeof(And) : typeof(Sub);
        yield return new(
            "writes-dst", MutantClass.Clobber, $"left the {(row.Is(Operation.Jset) ? "common bits" : "difference")} in dst",
            row.Around(typeof(WritesComparison<,,>), operation, row.Second), "A02");

        Defect Misread(string name, string text, Type dst, Type src) => new(name, MutantClass.Width, text, row.Of(compared, dst, src));
    }

    private static IEnumerable<Defect> Values(Subject row)
    {
        long min = row.Is32 ? int.MinValue : long.MinValue;
        foreach ((string text, long value) in ((string, long)[])[("0", 0), ("1", 1), ("-1", -1), ("min", min), ("max", ~min)])
        {
            Type inDst = typeof(Holds<,,>).MakeGenericType(Place.Dst, Number.Of(row.Bits), Number.Of(value));
            Type wrong = row.Of(typeof(Inverted<>));
            yield return new($"wrong-for-dst-{text}", MutantClass.Operand, $"did the opposite when dst is {text}", row.When(inDst, wrong));
            if (!row.Row.HasSourceRegister) continue;
            yield return new(
                $"wrong-for-src-{text}", MutantClass.Operand, $"did the opposite when src is {text}",
                row.When(ArithmeticDefects.SourceIs(row, row.Bits, value), wrong));
        }
    }

    private static IEnumerable<Defect> Targets(Subject row)
    {
        bool isFar = row.Row.Name is "ja32" or "call-local";
        yield return Lands("lands-one-later", "jumped one instruction too far", Change.Plus(1));
        yield return Lands("lands-one-earlier", "jumped one instruction too short", Change.Plus(-1));
        yield return Lands("turns-around", "jumped in the other direction", typeof(Negated));
        yield return Lands("does-not-go", "went on after itself instead of jumping", Change.Constant(0));
        yield return Lands(
            "goes-forward-only", isFar ? "took its immediate as unsigned" : "took its offset as unsigned", Change.LowBits(isFar ? 32 : 16));

        // No program is longer than a million slots.
        foreach (int bits in isFar ? (int[])[8, 12, 16] : [8, 11, 12, 14, 15])
        {
            yield return Lands($"distance-of-{bits}-bits", $"took {bits} bits of its distance, signed", Change.SignedBits(bits));
        }

        yield return new(
            "counts-wide-once", MutantClass.JumpTarget, "counted wide instructions as one slot", row.Around(typeof(CountsInstructions<>)));
        if (!row.IsShape(typeof(Jump), typeof(CallLocal))) yield return SkipsNext(row);

        Defect Lands(string name, string text, Type change) => new(name, MutantClass.JumpTarget, text, row.Around(typeof(Lands<,>), change));
    }

    /// <summary>Where it leads is seen only when it jumps, and when it does, after many rounds, is the platform's choice.</summary>
    private static IEnumerable<Defect> MayGotos(Subject row)
    {
        yield return SkipsNext(row);
        yield return new("jumps-at-once", MutantClass.Condition, "jumped the first time", typeof(Jump));
    }

    private static Defect SkipsNext(Subject row) =>
        new("skips-next", MutantClass.JumpTarget, "skipped the next instruction when it does not jump", row.Around(typeof(SkipsNext<>)));
}
