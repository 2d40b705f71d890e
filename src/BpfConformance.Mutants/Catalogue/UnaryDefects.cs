using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Byte swaps, sign-extending moves, and wide immediates.</summary>
internal static class UnaryDefects
{
    private static readonly (string Name, Type Operation)[] s_operations =
    [
        ("extends-8", typeof(SignExtend8)), ("extends-16", typeof(SignExtend16)), ("extends-32", typeof(SignExtend32)),
        ("extends-8-to-32", typeof(LowHalfOf<SignExtend8>)), ("extends-16-to-32", typeof(LowHalfOf<SignExtend16>)),
        ("truncates-8", typeof(Truncate8)), ("truncates-16", typeof(Truncate16)), ("truncates-32", typeof(Truncate32)), ("keeps-64", typeof(Keep64)),
        ("swaps-16", typeof(Swap16)), ("swaps-32", typeof(Swap32)), ("swaps-64", typeof(Swap64)),
    ];

    public static IEnumerable<Defect> Of(Subject row) =>
        row.IsShape(typeof(Extend<>), typeof(InPlace<>)) ? Operations(row).Concat(Extensions(row))
        : row.IsShape(typeof(LoadImm64)) ? Wide(row)
        : [];

    private static IEnumerable<Defect> Operations(Subject row) =>
        from operation in s_operations
        where operation.Operation != row.First
        select new Defect($"does-{operation.Name}", MutantClass.WrongOperation, $"did what {operation.Name} says", row.Of(operation.Operation), "X11 A14");

    private static IEnumerable<Defect> Extensions(Subject row)
    {
        foreach (int bits in (int[])[8, 16, 32])
        {
            yield return new(
                $"keeps-above-{bits}", MutantClass.Extension, $"kept the bits of dst above {bits}",
                row.Changed(Place.Dst, Change.KeepsAbove(bits)), "X11");
        }

        yield return new(
            "fills-upper-half", MutantClass.Extension, "filled the upper half of dst with ones", row.Changed(Place.Dst, typeof(UpperOnes)));
        yield return new(
            "reads-next-byte", MutantClass.Operand, "read its operand from bit 8 on",
            row.Of(typeof(Operand<,>), typeof(ShiftedDown<>).MakeGenericType(Number.Of(8))));
        yield return new(
            "swaps-halves", MutantClass.ByteOrder, "swapped the halves of its result", row.Changed(Place.Dst, typeof(SwappedHalves)));
        if (row.IsShape(typeof(InPlace<>)))
        {
            yield return new(
                "reads-src-field", MutantClass.RegisterNumber, "read the register of the source field, r0",
                row.Around(typeof(Copies<,,>), Place.R0, Place.Dst));
        }
    }

    private static IEnumerable<Defect> Wide(Subject row)
    {
        yield return new(
            "goes-into-second-slot", MutantClass.JumpTarget, "went on in its second slot", row.Around(typeof(GoesOn<,>), Number.Of(1)));
        yield return new("skips-next", MutantClass.JumpTarget, "skipped the next instruction", row.Around(typeof(GoesOn<,>), Number.Of(3)));
        bool isValue = row.Row.Src.Allows((int)LoadImm64Source.MapValueByFd) || row.Row.Src.Allows((int)LoadImm64Source.MapValueByIndex);
        if (isValue)
        {
            Type baseOnly = row.Misread(typeof(Immediate<>), typeof(UpperHalfOnly));
            yield return new("ignores-offset", MutantClass.Offset, "ignored the offset in the map's value", baseOnly);
            yield return new(
                "offset-of-8-bits", MutantClass.Offset, "took eight bits of the offset in the map's value", Offset(row, Change.LowBits(8)));
            yield return new("map-0", MutantClass.Operand, "took the first map for any", Map(row));
        }

        if (row.Row.Src.Allows((int)LoadImm64Source.Immediate))
        {
            foreach (Defect defect in Halves(row)) yield return defect;
        }
    }

    private static IEnumerable<Defect> Halves(Subject row)
    {
        yield return Wrong("swaps-halves", "swapped the halves", typeof(SwappedHalves));
        yield return Wrong("ignores-high", "ignored its second immediate", Change.LowBits(32), "X14");
        yield return Wrong("ignores-low", "ignored its first immediate", typeof(UpperHalfOnly));
        yield return Wrong(
            "sign-extends-low", "sign-extended its first immediate, and ignored the second", Change.SignedBits(32), "I09 X14");
        yield return Wrong("borrows-from-high", "added its first immediate, sign-extended, to the second", typeof(LowSigned), "I09");
        yield return Wrong("keeps-upper-half", "wrote only the low half of dst", Change.KeepsAbove(32));
        yield return Wrong("swaps-bytes", "took the bytes in the other order", Change.ReversedBytes(8));
        yield return Wrong("zero-upper-for-high-ones", "lost the upper half when it is all ones", typeof(WithoutUpperOnes));

        Defect Wrong(string name, string text, Type change, string evidence = "") =>
            new(name, MutantClass.Immediate, text, row.Changed(Place.Dst, change), evidence);
    }

    private static Type Offset(Subject row, Type change) =>
        row.Misread(typeof(Immediate<>), typeof(InLowHalf<>).MakeGenericType(change));

    private static Type Map(Subject row) => row.Misread(typeof(Immediate<>), typeof(FirstMap));
}
