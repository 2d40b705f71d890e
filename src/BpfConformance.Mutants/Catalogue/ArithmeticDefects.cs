using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Arithmetic with two operands: operation, operands, width and extension.</summary>
internal static class ArithmeticDefects
{
    private static readonly Type[] s_operations =
    [
        typeof(Add), typeof(Sub), typeof(Mul), typeof(Div), typeof(SDiv), typeof(Or), typeof(And), typeof(AndNot),
        typeof(Lsh), typeof(Rsh), typeof(Arsh), typeof(Neg), typeof(Mod), typeof(SMod), typeof(Xor), typeof(Mov),
    ];

    public static IEnumerable<Defect> Of(Subject row)
    {
        if (!row.IsShape(typeof(Alu32<,>), typeof(Alu64<,>))) return [];
        return Operations(row).Concat(row.Is32 ? Narrow(row) : Wide(row)).Concat(row.Is(Operation.Neg) ? Unary(row) : []);
    }

    private static IEnumerable<Defect> Operations(Subject row)
    {
        foreach (Type operation in s_operations.Where(operation => operation != row.First))
        {
            string name = operation.Name.ToLowerInvariant();
            yield return new($"does-{name}", MutantClass.WrongOperation, $"did {name}", row.Of(operation));
        }

        if (row.Is(Operation.Sub, Operation.Div, Operation.SDiv, Operation.Mod, Operation.SMod, Operation.Lsh, Operation.Rsh, Operation.Arsh))
        {
            yield return new("swaps-operands", MutantClass.WrongOperation, "took dst for src and src for dst", row.Of(typeof(Swapped<>)));
        }
    }

    private static IEnumerable<Defect> Narrow(Subject row)
    {
        (Type wide, Type low, Type keeps) = (row.As(typeof(Alu64<,>)), Change.LowBits(32), Change.KeepsAbove(32));
        Type kept = row.Changed(Place.Dst, keeps);
        yield return new("keeps-upper-half", MutantClass.Extension, "kept the upper half of dst", kept, "A08 X07");
        yield return new(
            "sign-extends", MutantClass.Extension, "sign-extended its result to 64 bits", row.Changed(Place.Dst, Change.SignedBits(32)),
            "I01 I07 X08");
        yield return new(
            "fills-upper-half", MutantClass.Extension, "filled the upper half of dst with ones", row.Changed(Place.Dst, typeof(UpperOnes)));
        yield return new("is-64-bit", MutantClass.Width, "worked on 64 bits", wide, "X07");
        yield return new("takes-64-bit-operands", MutantClass.Width, "worked on 64 bits, and cut the result", Result(low, wide), "I03 I04");
        if (!IsBitwise(row))
        {
            yield return new(
                "loses-carry-16", MutantClass.Width, "worked on each 16 bits alone", row.Of(typeof(Halves<>)));
        }

        foreach ((string name, string text, long value) in ((string, string, long)[])
            [("zero", "0", 0), ("one", "1", 1), ("minus-one", "-1", -1)])
        {
            if (row.Is(Operation.Neg)) continue;
            yield return new(
                $"keeps-upper-half-for-{name}", MutantClass.Extension, $"kept the upper half of dst when the second operand is {text}",
                row.When(SourceIs(row, 32, value), kept), value == 0 ? "A01 V08" : string.Empty);
        }

        if (!row.Row.HasSourceRegister || row.Is(Operation.Neg)) yield break;
        yield return new(
            "keeps-upper-half-of-itself", MutantClass.Extension, "kept the upper half of dst when src is the same register",
            row.When(typeof(SameRegister), kept));
    }

    private static IEnumerable<Defect> Wide(Subject row)
    {
        Type narrow = row.As(typeof(Alu32<,>));
        yield return new("is-32-bit", MutantClass.Width, "worked on 32 bits", narrow, "A14");
        bool isMoveOfImmediate = row.Is(Operation.Mov) && !row.Row.HasSourceRegister; // its immediate is sign-extended anyway
        if (!isMoveOfImmediate)
        {
            yield return new(
                "is-32-bit-signed", MutantClass.Width, "worked on 32 bits, and sign-extended", Result(Change.SignedBits(32), narrow));
        }

        yield return new(
            "is-32-bit-keeping", MutantClass.Width, "worked on 32 bits, and kept the upper half of dst",
            Result(Change.KeepsAbove(32), narrow));
        if (!IsBitwise(row))
        {
            yield return new(
                "loses-carry", MutantClass.Width, "worked on each half alone", row.Of(typeof(Halves<>)), "A01");
        }

        foreach ((string how, Type change) in ((string, Type)[])
            [("zero-extended", Change.LowBits(32)), ("sign-extended", Change.SignedBits(32))])
        {
            if (!row.Is(Operation.Mov))
            {
                yield return new(
                    $"takes-dst-{how}", MutantClass.Width, $"took only the low half of dst, {how}",
                    row.Of(typeof(Operands<,,>), change, Change.None));
            }

            if (row.Row.HasSourceRegister && !row.Is(Operation.Neg))
            {
                yield return new(
                    $"takes-src-{how}", MutantClass.Width, $"took only the low half of src, {how}",
                    row.Of(typeof(Operands<,,>), Change.None, change));
            }
        }
    }

    /// <summary>Nothing goes from one bit to another.</summary>
    private static bool IsBitwise(Subject row) => row.Is(Operation.Or, Operation.And, Operation.Xor, Operation.Mov);

    private static IEnumerable<Defect> Unary(Subject row)
    {
        yield return new(
            "reads-src-field", MutantClass.RegisterNumber, "read the register of the source field, r0",
            row.Around(typeof(Copies<,,>), Place.R0, Place.Dst), "A15");
    }

    private static Type Result(Type change, Type meaning) => typeof(Result<,,>).MakeGenericType(Place.Dst, change, meaning);

    /// <summary>The second operand is a number, in so many low bits.</summary>
    public static Type SourceIs(Subject row, int bits, long value) =>
        typeof(SourceIs<,,>).MakeGenericType(row.Second, Number.Of(bits), Number.Of(value));
}
