using BpfConformance.Domains;
using FsCheck;
using FsCheck.Fluent;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Domains;

/// <summary>What an operation gives holds every number that it can come to; FsCheck prints the seed of a failure.</summary>
public sealed class ScalarRangePropertyTests
{
    private const int Tests = 2000;

    private delegate ScalarRange Abstract(ScalarRange first, ScalarRange second);

    private delegate ulong Concrete(ulong first, ulong second);

    [Property(MaxTest = Tests)]
    public Property Add_OfMembers_IsInTheResult(byte k, ulong a, ulong b, ulong c, byte l, ulong d, ulong e, ulong f) =>
        Holds(RangeAndMember.Of(k, a, b, c), RangeAndMember.Of(l, d, e, f), (x, y) => x.Add(y), (x, y) => unchecked(x + y));

    [Property(MaxTest = Tests)]
    public Property Subtract_OfMembers_IsInTheResult(byte k, ulong a, ulong b, ulong c, byte l, ulong d, ulong e, ulong f) =>
        Holds(RangeAndMember.Of(k, a, b, c), RangeAndMember.Of(l, d, e, f), (x, y) => x.Subtract(y), (x, y) => unchecked(x - y));

    [Property(MaxTest = Tests)]
    public Property Multiply_OfMembers_IsInTheResult(byte k, ulong a, ulong b, ulong c, byte l, ulong d, ulong e, ulong f) =>
        Holds(RangeAndMember.Of(k, a, b, c), RangeAndMember.Of(l, d, e, f), (x, y) => x.Multiply(y), (x, y) => unchecked(x * y));

    [Property(MaxTest = Tests)]
    public Property And_OfMembers_IsInTheResult(byte k, ulong a, ulong b, ulong c, byte l, ulong d, ulong e, ulong f) =>
        Holds(RangeAndMember.Of(k, a, b, c), RangeAndMember.Of(l, d, e, f), (x, y) => x.And(y), (x, y) => x & y);

    [Property(MaxTest = Tests)]
    public Property Or_OfMembers_IsInTheResult(byte k, ulong a, ulong b, ulong c, byte l, ulong d, ulong e, ulong f) =>
        Holds(RangeAndMember.Of(k, a, b, c), RangeAndMember.Of(l, d, e, f), (x, y) => x.Or(y), (x, y) => x | y);

    [Property(MaxTest = Tests)]
    public Property Xor_OfMembers_IsInTheResult(byte k, ulong a, ulong b, ulong c, byte l, ulong d, ulong e, ulong f) =>
        Holds(RangeAndMember.Of(k, a, b, c), RangeAndMember.Of(l, d, e, f), (x, y) => x.Xor(y), (x, y) => x ^ y);

    [Property(MaxTest = Tests)]
    public Property Join_OfMembers_HoldsBoth(byte k, ulong a, ulong b, ulong c, byte l, ulong d, ulong e, ulong f)
    {
        RangeAndMember one = RangeAndMember.Of(k, a, b, c);
        RangeAndMember other = RangeAndMember.Of(l, d, e, f);
        ScalarRange joined = one.Range.Join(other.Range);
        return (joined.Contains(one.Member) && joined.Contains(other.Member)).Label($"{one} {other} {joined}");
    }

    [Property(MaxTest = Tests)]
    public Property Shifts_OfAMember_AreInTheResults(byte k, ulong a, ulong b, ulong c, byte count)
    {
        RangeAndMember one = RangeAndMember.Of(k, a, b, c);
        int n = count % 64;
        return (one.Range.ShiftLeft(n).Contains(one.Member << n)
            && one.Range.ShiftRight(n).Contains(one.Member >> n)
            && one.Range.ShiftRightSigned(n).Contains((ulong)((long)one.Member >> n))).Label($"{one} by {n}");
    }

    [Property(MaxTest = Tests)]
    public Property Extensions_OfAMember_AreInTheResults(byte k, ulong a, ulong b, ulong c)
    {
        RangeAndMember one = RangeAndMember.Of(k, a, b, c);
        return (one.Range.ZeroExtended(8).Contains((byte)one.Member)
            && one.Range.ZeroExtended(32).Contains((uint)one.Member)
            && one.Range.SignExtended(8).Contains((ulong)(sbyte)one.Member)
            && one.Range.SignExtended(16).Contains((ulong)(short)one.Member)
            && one.Range.SignExtended(32).Contains((ulong)(int)one.Member)).Label($"{one}");
    }

    private static Property Holds(RangeAndMember one, RangeAndMember other, Abstract operation, Concrete meaning)
    {
        ScalarRange result = operation(one.Range, other.Range);
        ulong value = meaning(one.Member, other.Member);
        return result.Contains(value).Label($"{one} and {other}: {value:x} not in {result}");
    }
}
