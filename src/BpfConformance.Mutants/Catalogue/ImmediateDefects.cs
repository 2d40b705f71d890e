using BpfConformance.Abi.Instructions;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Immediates of arithmetic, jumps and stores: extension, truncation, and the values that code generators treat apart.</summary>
internal static class ImmediateDefects
{
    private static readonly (long From, long To, string Evidence)[] s_taken =
    [
        (0, 1, "X02"), (1, 0, ""), (1, -1, ""), (-1, 1, ""), (-1, 0, ""), (2, 1, ""), (127, -1, ""), (128, -128, ""), (-128, 128, ""),
        (-129, 127, ""), (255, -1, ""), (32767, -1, ""), (32768, -32768, ""), (-32768, 32768, ""), (65535, -1, ""),
        (int.MaxValue, -1, ""), (int.MinValue, 0, "A10 A11"), (int.MinValue, int.MaxValue, ""),
    ];

    public static IEnumerable<Defect> Of(Subject row)
    {
        bool isStore = row.Is(Operation.StoreImmediate);
        bool hasImmediate = row.IsShape(typeof(Alu32<,>), typeof(Alu64<,>), typeof(JumpIf32<,>), typeof(JumpIf64<,>)) && !row.Row.HasSourceRegister;
        if ((!isStore && !hasImmediate) || row.Is(Operation.Neg)) return [];

        int bits = isStore ? 8 * row.SizeBytes : row.Is(Operation.Lsh, Operation.Rsh, Operation.Arsh) ? (row.Is32 ? 5 : 6) : row.Bits;
        Type edit = isStore ? typeof(StoreImmediate<>) : typeof(Immediate<>);
        return Truncations(row, edit, bits).Concat(Values(row, edit, bits)).Concat(isStore || row.Is32 ? [] : Extensions(row));
    }

    private static IEnumerable<Defect> Extensions(Subject row)
    {
        yield return new(
            "zero-extends-immediate", MutantClass.Immediate, "zero-extended its immediate",
            row.Misread(typeof(Immediate<>), Change.LowBits(32)), "I02");
        yield return Taken(row, typeof(Immediate<>), -1, uint.MaxValue, "I02");
        yield return Taken(row, typeof(Immediate<>), int.MinValue, 1L << 31, "A10 A11");
        yield return new(
            "shifts-immediate-up", MutantClass.Immediate, "took its immediate for the upper half",
            row.Misread(typeof(Immediate<>), typeof(SwappedHalves)));
    }

    private static IEnumerable<Defect> Truncations(Subject row, Type edit, int bits)
    {
        foreach (int kept in (int[])[7, 8, 11, 12, 16, 20, 24])
        {
            if (kept >= bits) continue;
            yield return new(
                $"immediate-of-{kept}-bits", MutantClass.Immediate, $"took {kept} bits of its immediate, unsigned",
                row.Misread(edit, Change.LowBits(kept)));
            yield return new(
                $"immediate-of-{kept}-bits-signed", MutantClass.Immediate, $"took {kept} bits of its immediate, signed",
                row.Misread(edit, Change.SignedBits(kept)));
        }

        yield return new("immediate-one-more", MutantClass.Immediate, "took its immediate for one more", row.Misread(edit, Change.Plus(1)));
        yield return new(
            "immediate-one-less", MutantClass.Immediate, "took its immediate for one less", row.Misread(edit, Change.Plus(-1)));
        yield return new("immediate-ignored", MutantClass.Immediate, "took its immediate for 0", row.Misread(edit, Change.Constant(0)));
        yield return new(
            "immediate-negated", MutantClass.Immediate, "took its immediate with the other sign", row.Misread(edit, typeof(Negated)));
        yield return new(
            "immediate-reversed", MutantClass.Immediate, "took the bytes of its immediate in the other order",
            row.Misread(edit, Change.ReversedBytes(4)));
    }

    private static IEnumerable<Defect> Values(Subject row, Type edit, int bits) =>
        from taken in s_taken
        where ((taken.From ^ taken.To) & (long)Bits.Below(bits)) != 0
        select Taken(row, edit, taken.From, taken.To, taken.Evidence);

    private static Defect Taken(Subject row, Type edit, long from, long to, string evidence) => new(
        $"takes-{Text(from)}-for-{Text(to)}", MutantClass.Immediate, $"took an immediate of {Text(from)} for {Text(to)}",
        row.Misread(edit, Change.Becomes(from, to)), evidence);

    private static string Text(long value) => value switch
    {
        int.MinValue => "min",
        int.MaxValue => "max",
        > int.MaxValue => $"0x{value:x}",
        _ => $"{value}",
    };
}
