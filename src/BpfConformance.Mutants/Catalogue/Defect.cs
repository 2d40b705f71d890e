using BpfConformance.Interpreter.Handlers;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>One way in which a row can be wrong.</summary>
/// <param name="Name">The second part of the mutant's name.</param>
/// <param name="Class">Its kind.</param>
/// <param name="Behavior">Completes "behaves as if add32-reg …".</param>
/// <param name="Meaning">What the row then does.</param>
/// <param name="Evidence">Real bugs that were like it.</param>
internal sealed record Defect(string Name, MutantClass Class, string Behavior, Type Meaning, string Evidence = "");

/// <summary>Places of results, as types.</summary>
internal static class Place
{
    public static Type Dst => typeof(InDst);

    public static Type Src => typeof(FetchToSrc);

    public static Type R0 => typeof(FetchToR0);

    public static Type Of(int register) => typeof(In<>).MakeGenericType(Number.Of(register));

    public static Type After(Type place) => typeof(After<>).MakeGenericType(place);
}

/// <summary>Changes of values, as types.</summary>
internal static class Change
{
    public static Type None => typeof(As);

    public static Type Constant(long value) => typeof(Constant<>).MakeGenericType(Number.Of(value));

    public static Type Plus(long value) => typeof(Plus<>).MakeGenericType(Number.Of(value));

    public static Type LowBits(int bits) => typeof(LowBits<>).MakeGenericType(Number.Of(bits));

    public static Type SignedBits(int bits) => typeof(SignedBits<>).MakeGenericType(Number.Of(bits));

    public static Type KeepsAbove(int bits) => typeof(KeepsAbove<>).MakeGenericType(Number.Of(bits));

    public static Type WithoutBit(int bit) => typeof(WithoutBit<>).MakeGenericType(Number.Of(bit));

    public static Type ReversedBytes(int bytes) => typeof(ReversedBytes<>).MakeGenericType(Number.Of(bytes));

    public static Type Becomes(long from, long to) => typeof(Becomes<,>).MakeGenericType(Number.Of(from), Number.Of(to));

    public static Type Then(Type first, Type second) => typeof(Then<,>).MakeGenericType(first, second);
}
