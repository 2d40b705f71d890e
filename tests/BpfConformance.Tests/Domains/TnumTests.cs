using BpfConformance.Domains;
using NUnit.Framework;

namespace BpfConformance.Tests.Domains;

/// <summary>That what is known stays known; that nothing wrong is, the properties of ranges say.</summary>
[TestFixture]
public sealed class TnumTests
{
    [Test]
    public void OfRange_BothEndsInAByte_KnowsTheRest() => Assert.That(Tnum.OfRange(0x1210, 0x121f), Is.EqualTo(new Tnum(0x1210, 0xf)));

    [Test]
    public void OfRange_OfAll_KnowsNothing() => Assert.That(Tnum.OfRange(0, ulong.MaxValue), Is.EqualTo(Tnum.Unknown));

    [Test]
    public void Add_OfMultiplesOfEight_IsAMultipleOfEight() =>
        Assert.That(new Tnum(0, 0x38).Add(new Tnum(8, 0x30)), Is.EqualTo(new Tnum(0, 0x78)));

    [Test]
    public void Subtract_OfAConstantFromABit_LeavesTheBitsBelow() =>
        Assert.That(new Tnum(0x100, 0x200).Subtract(Tnum.Constant(0x100)), Is.EqualTo(new Tnum(0, 0x200)));

    [Test]
    public void And_WithAMask_KnowsTheZeros() => Assert.That(Tnum.Unknown.And(Tnum.Constant(0xf0)), Is.EqualTo(new Tnum(0, 0xf0)));

    [Test]
    public void Or_WithABit_KnowsTheBit() => Assert.That(new Tnum(0, 0xff).Or(Tnum.Constant(0x10)), Is.EqualTo(new Tnum(0x10, 0xef)));

    [Test]
    public void Xor_OfUnknownBits_KeepsTheOthers() => Assert.That(new Tnum(0x10, 0xf).Xor(Tnum.Constant(0x11)), Is.EqualTo(new Tnum(0, 0xf)));

    [Test]
    public void Multiply_OfEvenNumbers_EndsInZeros() => Assert.That(new Tnum(0, 0xe).Multiply(Tnum.Constant(4)), Is.EqualTo(new Tnum(0, ulong.MaxValue << 3)));

    [Test]
    public void ShiftRightSigned_OfANegative_StaysNegative() =>
        Assert.That(new Tnum(1ul << 63, 0xff).ShiftRightSigned(8), Is.EqualTo(new Tnum(0xff80ul << 48, 0)));

    [Test]
    public void SignExtended_OfAnUnknownSign_KnowsNothingAbove() =>
        Assert.That(new Tnum(1, 0x80).SignExtended(8), Is.EqualTo(new Tnum(1, ulong.MaxValue << 7)));

    [Test]
    public void Meet_OfTwo_KnowsWhatEitherDoes() => Assert.That(new Tnum(0, 0xf0).Meet(new Tnum(0x10, 0x0f)), Is.EqualTo(Tnum.Constant(0x10)));

    [TestCase(0x10ul, true)]
    [TestCase(0x13ul, true)]
    [TestCase(0x14ul, false)]
    [TestCase(0x03ul, false)]
    public void Contains_OfNumbers_LooksAtKnownBits(ulong value, bool expected) => Assert.That(new Tnum(0x10, 3).Contains(value), Is.EqualTo(expected));
}
