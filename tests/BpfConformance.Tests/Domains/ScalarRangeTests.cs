using BpfConformance.Domains;
using NUnit.Framework;

namespace BpfConformance.Tests.Domains;

[TestFixture]
public sealed class ScalarRangeTests
{
    [Test]
    public void And_WithAMask_IsNotAboveIt() => Assert.That(Ends(ScalarRange.Unknown.And(ScalarRange.Constant(0x38))), Is.EqualTo((0ul, 0x38ul)));

    [Test]
    public void Add_OfRanges_AddsTheEnds() => Assert.That(Ends(ScalarRange.Between(3, 5).Add(ScalarRange.Between(10, 20))), Is.EqualTo((13ul, 25ul)));

    [Test]
    public void Add_ThatCanWrap_CanBeAnything() => Assert.That(Ends(ScalarRange.Unknown.Add(ScalarRange.Constant(1))), Is.EqualTo((0ul, ulong.MaxValue)));

    [Test]
    public void Subtract_OfSmaller_SubtractsTheEnds() => Assert.That(Ends(ScalarRange.Between(20, 30).Subtract(ScalarRange.Between(5, 10))), Is.EqualTo((10ul, 25ul)));

    [Test]
    public void Or_WithABit_IsNotBelowIt() => Assert.That(ScalarRange.Between(0, 15).Or(ScalarRange.Constant(8)).Min, Is.EqualTo(8));

    [Test]
    public void ShiftRight_OfUnknown_IsSmall() => Assert.That(Ends(ScalarRange.Unknown.ShiftRight(60)), Is.EqualTo((0ul, 15ul)));

    [Test]
    public void ShiftLeft_ThatLosesBits_EndsInZeros() => Assert.That(Ends(ScalarRange.Unknown.ShiftLeft(56)), Is.EqualTo((0ul, 0xfful << 56)));

    [Test]
    public void ZeroExtended_OfUnknown_HasTheWidth() => Assert.That(Ends(ScalarRange.Unknown.ZeroExtended(16)), Is.EqualTo((0ul, 0xfffful)));

    [Test]
    public void SignExtended_OfAPositive_StaysAsItIs() => Assert.That(ScalarRange.Between(5, 127).SignExtended(8), Is.EqualTo(ScalarRange.Between(5, 127)));

    [Test]
    public void Multiply_OfSmall_MultipliesTheEnds() => Assert.That(Ends(ScalarRange.Between(2, 3).Multiply(ScalarRange.Between(4, 5))), Is.EqualTo((8ul, 15ul)));

    [Test]
    public void Join_OfConstants_ReachesFromOneToTheOther() => Assert.That(Ends(ScalarRange.Constant(4).Join(ScalarRange.Constant(9))), Is.EqualTo((4ul, 9ul)));

    private static (ulong Min, ulong Max) Ends(ScalarRange range) => (range.Min, range.Max);
}
