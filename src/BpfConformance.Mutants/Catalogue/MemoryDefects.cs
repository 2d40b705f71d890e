using BpfConformance.Abi.Instructions;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Loads, stores and atomics: addresses, sizes, extension and neighbors.</summary>
internal static class MemoryDefects
{
    private static readonly (string Name, Type Value, int Bytes)[] s_values =
    [
        ("8", typeof(byte), 1), ("16", typeof(ushort), 2), ("32", typeof(uint), 4), ("64", typeof(ulong), 8),
        ("8-signed", typeof(sbyte), 1), ("16-signed", typeof(short), 2), ("32-signed", typeof(int), 4),
    ];

    public static IEnumerable<Defect> Of(Subject row)
    {
        if (row.IsShape(typeof(Load<>), typeof(LoadAcquire<>))) return Loads(row).Concat(Addresses(row, Place.Src));
        if (row.IsShape(typeof(Store<,>), typeof(StoreRelease<>))) return Stores(row).Concat(Addresses(row, Place.Dst)).Concat(Neighbors(row));
        return row.IsShape(typeof(Atomic32<,>), typeof(Atomic64<,>)) ? Addresses(row, Place.Dst).Concat(Neighbors(row)) : [];
    }

    private static Type ValueOf(Subject row) => s_values.First(value => value.Bytes == row.SizeBytes).Value;

    private static IEnumerable<Defect> Loads(Subject row)
    {
        foreach ((string name, Type value, _) in s_values.Where(value => value.Value != row.First))
        {
            yield return new($"loads-{name}", MutantClass.MemorySize, $"loaded {name.Replace('-', ' ')} bits", row.Of(value), "A04");
        }

        if (row.SizeBytes > 1)
        {
            Type reversed = Change.ReversedBytes(row.SizeBytes);
            Type extended = row.Is(Operation.LoadSigned) ? Change.Then(reversed, Change.SignedBits(8 * row.SizeBytes)) : reversed;
            yield return new(
                "reverses-bytes", MutantClass.ByteOrder, "took the bytes in the other order", row.Changed(Place.Dst, extended));
        }

        if (row.SizeBytes < 8)
        {
            yield return new(
                "keeps-upper-bits", MutantClass.Extension, "kept the upper bits of dst",
                row.Changed(Place.Dst, Change.KeepsAbove(8 * row.SizeBytes)), "A04");
            yield return new(
                "keeps-upper-half", MutantClass.Extension, "kept the upper half of dst", row.Changed(Place.Dst, Change.KeepsAbove(32)),
                "A04");
        }

        yield return new(
            "writes-base", MutantClass.RegisterNumber, "wrote its result to src", row.Around(typeof(Misplaced<,,>), Place.Dst, Place.Src));
    }

    private static IEnumerable<Defect> Stores(Subject row)
    {
        foreach ((string name, Type value, _) in s_values.Take(4).Where(value => value.Bytes != row.SizeBytes))
        {
            yield return new($"stores-{name}", MutantClass.MemorySize, $"stored {name} bits", row.Of(value));
        }

        if (row.SizeBytes > 1)
        {
            yield return Wrong(
                "reverses-bytes", MutantClass.ByteOrder, "stored the bytes in the other order", Change.ReversedBytes(row.SizeBytes));
        }

        if (row.SizeBytes == 8)
        {
            yield return Wrong("zero-extends", MutantClass.Extension, "stored zeros for the upper half", Change.LowBits(32));
            if (!row.Is(Operation.StoreImmediate))
            {
                yield return Wrong(
                    "sign-extends", MutantClass.Extension, "stored the low half, sign-extended", Change.SignedBits(32));
            }

            yield return Wrong("swaps-halves", MutantClass.ByteOrder, "swapped the halves", typeof(SwappedHalves));
        }

        if (row.Is(Operation.StoreImmediate)) yield break;
        for (int register = 0; register <= (int)Register.R10; register++)
        {
            Type holds = typeof(IsRegister<,>).MakeGenericType(Place.Src, Number.Of(register));
            Type second = row.Around(typeof(ReadsSrc<,>), typeof(ShiftedDown<>).MakeGenericType(Number.Of(8)));
            yield return new(
                $"second-byte-of-r{register}", MutantClass.RegisterNumber, $"stored from the second byte of r{register} on",
                row.When(holds, second), "X12");
        }

        Defect Wrong(string name, MutantClass kind, string text, Type change) =>
            new(name, kind, text, row.Around(typeof(Stored<,,>), ValueOf(row), change));
    }

    private static IEnumerable<Defect> Neighbors(Subject row)
    {
        foreach ((string name, string text, int distance) in ((string, string, int)[])
            [
                ("byte-after", "the byte after", row.SizeBytes), ("byte-before", "the byte before", -1),
                ("far-byte-after", "a byte eight after", row.SizeBytes + 7), ("far-byte-before", "a byte eight before", -8),
            ])
        {
            yield return new(
                $"clobbers-{name}", MutantClass.Neighbor, $"clobbered {text} what it wrote",
                row.Around(typeof(HitsNeighbor<,>), Number.Of(distance)));
        }

        yield return new(
            "not-written", MutantClass.Value, "did not write memory", row.Around(typeof(Stored<,,>), ValueOf(row), typeof(Kept)));
        yield return new(
            "writes-0", MutantClass.Value, "wrote 0 to memory", row.Around(typeof(Stored<,,>), ValueOf(row), Change.Constant(0)));
        yield return new(
            "writes-one-more", MutantClass.Value, "wrote one more to memory", row.Around(typeof(Stored<,,>), ValueOf(row), Change.Plus(1)));
        yield return new(
            "writes-complement", MutantClass.Value, "wrote the complement to memory",
            row.Around(typeof(Stored<,,>), ValueOf(row), typeof(Complement)));
    }

    private static IEnumerable<Defect> Addresses(Subject row, Type address)
    {
        yield return Offset("offset-ignored", "ignored its offset", Change.Constant(0));
        yield return Offset("offset-negated", "took its offset with the other sign", typeof(Negated));
        yield return Offset("offset-unsigned", "took its offset as unsigned", Change.LowBits(16));
        yield return Offset("offset-one-more", "took its offset for one more", Change.Plus(1));
        yield return Offset("offset-one-less", "took its offset for one less", Change.Plus(-1));
        yield return Offset(
            "offset-reversed", "took the bytes of its offset in the other order",
            Change.Then(Change.ReversedBytes(2), Change.SignedBits(16)));
        yield return Offset("offset-128-is-minus-128", "took an offset of 128 for -128", Change.Becomes(128, -128));
        yield return Offset("offset-minus-128-is-128", "took an offset of -128 for 128", Change.Becomes(-128, 128));
        if (row.SizeBytes > 1)
        {
            yield return Offset(
                "offset-scaled", "scaled its offset by the size", typeof(Times<>).MakeGenericType(Number.Of(row.SizeBytes)));
        }

        foreach (int bits in (int[])[8, 9, 12, 13, 15])
        {
            yield return Offset(
                $"offset-of-{bits}-bits", $"took {bits} bits of its offset, signed", Change.SignedBits(bits), bits == 12 ? "A06" : "");
        }

        for (int register = 0; register < (int)Register.R10; register++) // nothing lies at r10 itself
        {
            Type holds = typeof(Both<,>).MakeGenericType(
                typeof(IsRegister<,>).MakeGenericType(address, Number.Of(register)), typeof(ImmediateIs<>).MakeGenericType(Number.Of(0)));
            yield return new(
                $"base-r{register}-without-offset", MutantClass.Offset,
                $"added 1 to the address when the base is r{register} and the offset 0",
                row.When(holds, row.Misread(typeof(Immediate<>), Change.Plus(1))), "X09");
        }

        foreach (Defect defect in Alignment(row, address)) yield return defect;
        yield return new(
            "passes-faults", MutantClass.Bounds, "did nothing, and went on, where it should fault", row.Around(typeof(PassesFaults<>)),
            "I14");
        if (row.Row.Src.NamesRegister)
        {
            yield return new(
                "swaps-registers", MutantClass.RegisterNumber, "took dst for src and src for dst", row.Misread(typeof(SwappedRegisters)));
        }

        Defect Offset(string name, string text, Type change, string evidence = "") =>
            new(name, MutantClass.Offset, text, row.Misread(typeof(Immediate<>), change), evidence);
    }

    private static IEnumerable<Defect> Alignment(Subject row, Type address)
    {
        if (row.SizeBytes == 1) yield break;
        Type isUnaligned = typeof(IsUnaligned<,>).MakeGenericType(address, ValueOf(row));
        if (row.IsShape(typeof(Load<>), typeof(Store<,>)))
        {
            yield return new(
                "faults-unaligned", MutantClass.Alignment, "faulted on an address that is not aligned",
                row.When(isUnaligned, typeof(Faults)));
        }

        yield return new(
            "aligns-down", MutantClass.Alignment, "aligned the address down",
            row.Misread(typeof(AlignedDown<,>).MakeGenericType(address, ValueOf(row))));
    }
}
