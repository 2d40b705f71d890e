using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Shifts: what becomes of the count, and what is shifted in.</summary>
internal static class ShiftDefects
{
    public static IEnumerable<Defect> Of(Subject row) =>
        row.Is(Operation.Lsh, Operation.Rsh, Operation.Arsh) ? Counts(row).Concat(Fills(row)).Concat(Special(row)) : [];

    private static IEnumerable<Defect> Counts(Subject row)
    {
        yield return new(
            "does-not-mask", MutantClass.Shift, $"shifted everything out for counts from {row.Bits} on", Counted(row, Change.None),
            "I05 I06 I16");
        yield return row.Is32
            ? new("masks-by-63", MutantClass.Shift, "took six bits of the count", Counted(row, Change.LowBits(6)), "I05")
            : new("masks-by-31", MutantClass.Shift, "took five bits of the count", Counted(row, Change.LowBits(5)));
        yield return new("masks-by-255", MutantClass.Shift, "took eight bits of the count", Counted(row, Change.LowBits(8)));
        yield return new("masks-by-15", MutantClass.Shift, "took four bits of the count", Counted(row, Change.LowBits(4)));
        yield return new("signed-count", MutantClass.Shift, "took the low byte of the count, signed", Counted(row, Change.SignedBits(8)));
        if (row.Is(Operation.Arsh)) yield break;
        yield return new(
            "keeps-for-long-counts", MutantClass.Shift, $"did nothing for counts from {row.Bits} on",
            row.When(IsLong(row), typeof(DoesNothing)), "I05");
    }

    private static IEnumerable<Defect> Fills(Subject row)
    {
        yield return new(
            "rotates", MutantClass.Shift, "shifted in what it had shifted out", row.Of(row.Is(Operation.Lsh) ? typeof(RotateLeft) : typeof(RotateRight)));
        if (!row.Is(Operation.Arsh)) yield break;

        Type wide = typeof(Alu64<,>).MakeGenericType(
            typeof(Counted<,>).MakeGenericType(Change.LowBits(row.Is32 ? 5 : 6), typeof(Arsh)), row.Second);
        if (row.Is32)
        {
            yield return new(
                "shifts-in-upper-half", MutantClass.Shift, "shifted the upper half of dst in", Cut(Change.LowBits(32), wide), "A08");
            yield return new("shifts-in-sign-64", MutantClass.Shift, "shifted in, and kept, the upper half of dst", wide);
        }
        else
        {
            yield return new(
                "takes-sign-of-low-half", MutantClass.Shift, "took bit 31 for the sign",
                row.Of(typeof(Operands<,,>), Change.SignedBits(32), Change.None));
        }
    }

    private static IEnumerable<Defect> Special(Subject row)
    {
        int[] counts = row.Is32 ? [0, 1, 16, 31] : [0, 1, 31, 32, 33, 63];
        foreach (int count in counts)
        {
            Type holds = ArithmeticDefects.SourceIs(row, row.Is32 ? 5 : 6, count);
            yield return new(
                $"gives-0-for-count-{count}", MutantClass.Shift, $"gave 0 for a count of {count}",
                row.When(holds, row.Changed(Place.Dst, Change.Constant(0))), "A01");
            yield return new(
                $"shifts-one-more-for-count-{count}", MutantClass.Shift, $"shifted one bit more for a count of {count}",
                Counted(row, Change.Then(Change.LowBits(row.Is32 ? 5 : 6), Change.Becomes(count, (count + 1) % row.Bits))));
        }
    }

    private static Type Counted(Subject row, Type change) => row.Of(typeof(Counted<,>), change);

    private static Type IsLong(Subject row) => typeof(Not<>).MakeGenericType(
        typeof(FitsIn<,,>).MakeGenericType(row.Second, Number.Of(row.Bits), Number.Of(row.Is32 ? 5 : 6)));

    private static Type Cut(Type change, Type meaning) => typeof(Result<,,>).MakeGenericType(Place.Dst, change, meaning);
}
