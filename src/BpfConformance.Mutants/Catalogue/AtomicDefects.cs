using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Atomics: operation, old value, width, and compare-and-exchange.</summary>
internal static class AtomicDefects
{
    private static readonly (string Name, Type Operation)[] s_operations =
    [
        ("add", typeof(AtomicAdd)), ("or", typeof(AtomicOr)), ("and", typeof(AtomicAnd)), ("xor", typeof(AtomicXor)), ("xchg", typeof(AtomicXchg)),
        ("cmpxchg", typeof(AtomicCmpxchg)), ("sub", typeof(AtomicOf<Sub>)), ("and-not", typeof(AtomicOf<AndNot>)), ("mul", typeof(AtomicOf<Mul>)),
    ];

    public static IEnumerable<Defect> Of(Subject row)
    {
        if (!row.IsShape(typeof(Atomic32<,>), typeof(Atomic64<,>))) return [];
        IEnumerable<Defect> defects = Operations(row).Concat(Widths(row)).Concat(row.Row.IsFetch ? OldValues(row) : Unasked(row));
        return row.Is(Operation.AtomicCmpxchg) ? defects.Concat(Exchanges(row)) : defects;
    }

    private static bool IsNarrow(Subject row) => row.SizeBytes == 4;

    private static IEnumerable<Defect> Operations(Subject row)
    {
        foreach ((string name, Type operation) in s_operations.Where(operation => operation.Operation != row.First))
        {
            yield return new($"does-{name}", MutantClass.WrongOperation, $"did {name}", row.Of(operation));
        }

        if (row.Is(Operation.AtomicCmpxchg)) yield break;
        yield return Operand("src-ignored", "took 0 for src", Change.Constant(0));
        yield return Operand("src-one-more", "took src for one more", Change.Plus(1));
        yield return Operand("src-complement", "took the complement of src", typeof(Complement));
        yield return Operand("src-r0", "took r0 for src", typeof(Kept));

        Defect Operand(string name, string text, Type change) =>
            new(name, MutantClass.Operand, text, row.Of(typeof(AtomicOperands<,,>), change, Change.None));
    }

    private static IEnumerable<Defect> Widths(Subject row)
    {
        if (IsNarrow(row))
        {
            yield return new("is-64-bit", MutantClass.Width, "worked on 64 bits", row.As(typeof(Atomic64<,>)));
            yield break;
        }

        yield return new("is-32-bit", MutantClass.Width, "worked on 32 bits", row.As(typeof(Atomic32<,>)));
        yield return new(
            "takes-src-zero-extended", MutantClass.Width, "took only the low half of src, zero-extended",
            row.Of(typeof(AtomicOperands<,,>), Change.LowBits(32), Change.None));
        yield return new(
            "takes-src-sign-extended", MutantClass.Width, "took only the low half of src, sign-extended",
            row.Of(typeof(AtomicOperands<,,>), Change.SignedBits(32), Change.None));
    }

    private static IEnumerable<Defect> OldValues(Subject row)
    {
        (Type place, string register) = row.Is(Operation.AtomicCmpxchg) ? (Place.R0, "r0") : (Place.Src, "src");
        yield return new("gives-new-value", MutantClass.OldValue, $"left the new value in {register}", row.Of(typeof(ReturnsNew<>)));
        yield return Old("old-value-not-given", $"left {register} as it was", typeof(Kept));
        yield return Old("gives-0", $"left 0 in {register}", Change.Constant(0));
        yield return Old("gives-one-more", $"left one more than the old value in {register}", Change.Plus(1));
        yield return Old("gives-complement", $"left the complement of the old value in {register}", typeof(Complement));
        yield return Old("keeps-upper-half", $"kept the upper half of {register}", Change.KeepsAbove(32));
        yield return Old("sign-extends", $"left the low half of the old value in {register}, sign-extended", Change.SignedBits(32));
        if (!IsNarrow(row))
        {
            yield return Old(
                "zero-extends", $"left the low half of the old value in {register}, zero-extended", Change.LowBits(32));
        }

        yield return new("old-value-in-dst", MutantClass.OldValue, "left the old value in dst", row.WithSecond(typeof(InDst)));
        yield return new(
            "old-value-in-next", MutantClass.OldValue, $"left the old value in the register after {register}",
            row.WithSecond(Place.After(place)));
        yield return row.Is(Operation.AtomicCmpxchg)
            ? new("old-value-in-src", MutantClass.OldValue, "left the old value in src", row.WithSecond(Place.Src))
            : new("old-value-in-r0", MutantClass.OldValue, "left the old value in r0", row.WithSecond(typeof(In<D0>)));
        yield return new(
            "nothing-for-r0", MutantClass.Aliasing, "did nothing when src is r0", row.When(typeof(SrcIsR0), typeof(DoesNothing)));

        Defect Old(string name, string text, Type change) => new(name, MutantClass.OldValue, text, row.Changed(place, change));
    }

    private static IEnumerable<Defect> Unasked(Subject row)
    {
        yield return new("fetches", MutantClass.OldValue, "left the old value in src", row.WithSecond(Place.Src));
        yield return new("fetches-into-r0", MutantClass.OldValue, "left the old value in r0", row.WithSecond(typeof(In<D0>)));
    }

    private static IEnumerable<Defect> Exchanges(Subject row)
    {
        Type exchanges = typeof(Exchanges<>).MakeGenericType(IsNarrow(row) ? typeof(uint) : typeof(ulong));
        Type value = IsNarrow(row) ? typeof(uint) : typeof(ulong);
        Type keepsR0 = row.Changed(Place.R0, typeof(Kept));
        Type keepsMemory = row.Around(typeof(Stored<,,>), value, typeof(Kept));
        yield return Wrong("keeps-r0-on-success", "left r0 as it was when it stored", row.When(exchanges, keepsR0));
        yield return Wrong(
            "keeps-r0-on-failure", "left r0 as it was when it did not store", row.When(typeof(Not<>).MakeGenericType(exchanges), keepsR0));
        yield return Wrong("answers-success", "left in r0 whether it stored", row.Of(typeof(AnswersSuccess)), "I08");
        yield return Wrong("compares-with-src", "compared with src", row.Of(typeof(AtomicOperands<,,>), Change.None, typeof(Kept)));
        yield return Wrong("stores-r0", "stored r0 instead of src", row.Of(typeof(AtomicOperands<,,>), typeof(Kept), Change.None), "I08");
        yield return Wrong("stores-on-mismatch", "stored where the values differ", row.Of(typeof(StoresOnMismatch)));
        yield return Wrong(
            "compares-16-bits", "compared the low 16 bits", row.Of(typeof(ComparesLowBits<>).MakeGenericType(Number.Of(16))));
        if (IsNarrow(row))
        {
            yield return Wrong(
                "compares-64-bits", "stored only when the upper half of r0 is 0", row.When(typeof(HasUpperHalf<FetchToR0>), keepsMemory));
        }
        else
        {
            yield return Wrong(
                "compares-32-bits", "compared the lower halves", row.Of(typeof(ComparesLowBits<>).MakeGenericType(Number.Of(32))));
            yield return Wrong(
                "stores-src-zero-extended", "stored the low half of src, zero-extended",
                row.Of(typeof(AtomicOperands<,,>), Change.LowBits(32), Change.None));
        }

        Defect Wrong(string name, string text, Type meaning, string evidence = "") => new(name, MutantClass.Exchange, text, meaning, evidence);
    }
}
