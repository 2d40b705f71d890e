using BpfConformance.Abi.Instructions;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Division and remainder: by zero, of the minimum by −1, and rounding.</summary>
internal static class DivisionDefects
{
    public static IEnumerable<Defect> Of(Subject row)
    {
        if (!row.Is(Operation.Div, Operation.SDiv, Operation.Mod, Operation.SMod)) return [];
        IEnumerable<Defect> both = Zero(row).Concat(ZeroChecks(row));
        return row.Is(Operation.SDiv, Operation.SMod) ? both.Concat(MinimumByMinusOne(row)).Concat(Rounding(row)) : both;
    }

    private static bool IsDiv(Subject row) => row.Is(Operation.Div, Operation.SDiv);

    private static Type Both(Type first, Type second) => typeof(Both<,>).MakeGenericType(first, second);

    private static IEnumerable<Defect> Zero(Subject row)
    {
        yield return IsDiv(row)
            ? ByZero("dst", "dst", typeof(Kept))
            : ByZero("0", "0", Change.Constant(0));
        yield return ByZero("ones", "all ones", Change.Constant(-1), "I03");
        yield return ByZero("one", "1", Change.Constant(1));
        Type isZero = ArithmeticDefects.SourceIs(row, row.Bits, 0);
        yield return new(
            "faults-by-zero", MutantClass.DivisionByZero, "faulted when the divisor is 0", row.When(isZero, typeof(Faults)), "I03 I04");
        yield return new(
            "ends-program-by-zero", MutantClass.DivisionByZero, "ended the program, with r0 = 0, when the divisor is 0",
            row.When(isZero, typeof(EndsProgram)), "V08");
        yield return new(
            "skipped-by-zero", MutantClass.DivisionByZero, "did nothing when the divisor is 0", row.When(isZero, typeof(DoesNothing)),
            "V08");

        Defect ByZero(string name, string text, Type change, string evidence = "") =>
            new($"gives-{name}-by-zero", MutantClass.DivisionByZero, $"gave {text} when the divisor is 0", row.Of(typeof(ByZero<,>), change), evidence);
    }

    private static IEnumerable<Defect> ZeroChecks(Subject row)
    {
        if (!row.Row.HasSourceRegister) yield break;
        Type isLowZero = ArithmeticDefects.SourceIs(row, 32, 0);
        Type isZero = ArithmeticDefects.SourceIs(row, 64, 0);
        if (row.Is32)
        {
            Type isOnlyLowZero = Both(isLowZero, typeof(Not<>).MakeGenericType(isZero));
            yield return new(
                "checks-64-bit-divisor", MutantClass.DivisionByZero, "faulted when only the low half of src is 0",
                row.When(isOnlyLowZero, typeof(Faults)), "I03 I04 P05");
            yield return new(
                "checks-16-bit-divisor", MutantClass.DivisionByZero, "took src for 0 when its low 16 bits are",
                row.Of(typeof(ZeroByLowHalf<>)));
        }
        else
        {
            yield return new(
                "checks-32-bit-divisor", MutantClass.DivisionByZero, "took src for 0 when its low half is",
                row.Of(typeof(ZeroByLowHalf<>)));
        }
    }

    private static IEnumerable<Defect> MinimumByMinusOne(Subject row)
    {
        yield return row.Is(Operation.SDiv)
            ? Gives("0", "0", Change.Constant(0))
            : Gives("min", "the minimum", typeof(Kept));
        yield return Gives("max", "the maximum", Change.Constant(row.Is32 ? int.MaxValue : long.MaxValue));
        yield return Gives("minus-one", "-1", Change.Constant(-1));
        Type isMin = typeof(Holds<,,>).MakeGenericType(Place.Dst, Number.Of(row.Bits), Number.Of(row.Is32 ? int.MinValue : long.MinValue));
        Type isMinusOne = ArithmeticDefects.SourceIs(row, row.Bits, -1);
        yield return new(
            "faults-on-overflow", MutantClass.Overflow, "faulted on the minimum by -1", row.When(Both(isMin, isMinusOne), typeof(Faults)),
            "I11");
        yield return new(
            "faults-by-minus-one", MutantClass.Overflow, "faulted when the divisor is -1", row.When(isMinusOne, typeof(Faults)));

        Defect Gives(string name, string text, Type change) => new(
            $"gives-{name}-on-overflow", MutantClass.Overflow, $"gave {text} for the minimum by -1", row.Of(typeof(Overflow<,>), change), "I11");
    }

    private static IEnumerable<Defect> Rounding(Subject row)
    {
        bool isDiv = IsDiv(row);
        Type mixed = isDiv ? typeof(MixedDiv<,>) : typeof(MixedMod<,>);
        yield return new(
            "dividend-unsigned", MutantClass.Signedness, "took dst as unsigned, src as signed",
            row.Of(mixed.MakeGenericType(typeof(Unsigned), typeof(Signed))));
        yield return new(
            "divisor-unsigned", MutantClass.Signedness, "took dst as signed, src as unsigned",
            row.Of(mixed.MakeGenericType(typeof(Signed), typeof(Unsigned))));
        if (isDiv)
        {
            yield return new("rounds-down", MutantClass.Rounding, "rounded toward minus infinity", row.Of(typeof(FloorDiv)), "P01");
            yield return new(
                "shifts-for-powers", MutantClass.Rounding, "divided by powers of two with an arithmetic shift",
                row.Of(typeof(ShiftsForPowers<>)));
        }
        else
        {
            yield return new(
                "sign-of-divisor", MutantClass.Rounding, "gave the remainder the sign of the divisor", row.Of(typeof(FloorMod)));
            yield return new(
                "never-negative", MutantClass.Rounding, "gave a remainder that is never negative", row.Of(typeof(EuclideanMod)));
        }
    }
}
