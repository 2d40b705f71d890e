using BpfConformance.Abi.Instructions;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Results that are plainly wrong, always or for one value of an operand.</summary>
internal static class ValueDefects
{
    private static readonly int[] s_bits = [0, 7, 8, 15, 16, 30, 31, 32, 62, 63];

    public static IEnumerable<Defect> Of(Subject row)
    {
        if (row.IsShape(typeof(Alu32<,>), typeof(Alu64<,>))) return Results(row, row.Bits).Concat(Operands(row));
        if (row.IsShape(typeof(LoadImm64))) return Results(row, row.Row.Src.Allows((int)LoadImm64Source.Immediate) ? 64 : 0);
        if (row.IsShape(typeof(Extend<>))) return Results(row, row.Bits);
        if (row.IsShape(typeof(InPlace<>))) return Results(row, row.Row.Immediate.Value);
        return row.IsShape(typeof(Load<>), typeof(LoadAcquire<>)) ? Results(row, 8 * row.SizeBytes) : [];
    }

    /// <param name="row">Which.</param>
    /// <param name="bits">So many low bits can be set; 0: the result is an address, of which only equality is the same everywhere.</param>
    private static IEnumerable<Defect> Results(Subject row, int bits)
    {
        yield return Wrong("unchanged", "left dst as it was", typeof(Kept));
        yield return Wrong("gives-0", "gave 0", Change.Constant(0));
        if (!row.Row.Src.Allows((int)LoadImm64Source.Code) || !row.IsShape(typeof(LoadImm64)))
        {
            yield return Wrong("one-more", "gave one more", Change.Plus(1));
            yield return Wrong("one-less", "gave one less", Change.Plus(-1));
            yield return Wrong("complement", "gave the complement", typeof(Complement));
            yield return Wrong("negated", "gave the negative", typeof(Negated));
        }

        yield return new(
            "writes-next", MutantClass.RegisterNumber, "wrote its result to the register after dst",
            row.Around(typeof(Misplaced<,,>), Place.Dst, Place.After(Place.Dst)));
        foreach (int bit in s_bits.Where(bit => bit < bits))
        {
            yield return Wrong($"loses-bit-{bit}", $"lost bit {bit} of its result", Change.WithoutBit(bit));
        }

        Defect Wrong(string name, string text, Type change) => new(name, MutantClass.Value, text, row.Changed(Place.Dst, change));
    }

    /// <summary>Values that code generators and fast paths treat apart.</summary>
    private static IEnumerable<Defect> Operands(Subject row)
    {
        long min = row.Is32 ? int.MinValue : long.MinValue;
        foreach ((string text, long value) in ((string, long)[])
            [("0", 0), ("1", 1), ("-1", -1), ("min", min), ("max", ~min), ("0x80000000", 1L << 31), ("0xffffffff", uint.MaxValue), ("0x100000000", 1L << 32)])
        {
            if (row.Is32 && value > int.MaxValue) continue;
            Type wrong = row.Changed(Place.Dst, typeof(Complement));
            Type inDst = typeof(Holds<,,>).MakeGenericType(Place.Dst, Number.Of(row.Bits), Number.Of(value));
            yield return new(
                $"wrong-for-dst-{text}", MutantClass.Operand, $"gave the complement when dst is {text}", row.When(inDst, wrong));
            if (row.Is(Operation.Neg) || !row.Row.HasSourceRegister) continue;
            yield return new(
                $"wrong-for-src-{text}", MutantClass.Operand, $"gave the complement when src is {text}",
                row.When(ArithmeticDefects.SourceIs(row, row.Bits, value), wrong));
        }
    }
}
