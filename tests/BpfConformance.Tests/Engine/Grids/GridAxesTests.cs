using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Grids;

[TestFixture]
internal sealed class GridAxesTests
{
    [Test]
    public void Members_OfTextAndNumbers_AreTheProductWithTheLastFastest() =>
        Assert.That(
            Grid.Members("form add: w0 += w2\nd = 0 2\nform sub-1: w0 -= w2\ns = -1..1"),
            Is.EqualTo(new[]
            {
                "add,d=0,s=-1", "add,d=0,s=0", "add,d=0,s=1", "add,d=2,s=-1", "add,d=2,s=0", "add,d=2,s=1",
                "sub-1,d=0,s=-1", "sub-1,d=0,s=0", "sub-1,d=0,s=1", "sub-1,d=2,s=-1", "sub-1,d=2,s=0", "sub-1,d=2,s=1",
            }));

    [TestCase("n = 3..3", "n=3")]
    [TestCase("n = 5..4 9", "n=9")]
    [TestCase("n = 1..3 8 0x10..0x11", "n=1 n=2 n=3 n=8 n=16 n=17")]
    [TestCase("n = 2*3..10-3 -(4)", "n=6 n=7 n=-4")]
    [TestCase("n = 9223372036854775807", "n=9223372036854775807")]
    [TestCase("n = 9223372036854775806..9223372036854775807", "n=9223372036854775806 n=9223372036854775807")]
    [TestCase("n = 0xffffffffffffffff", "n=-1")]
    public void Values_OfANumberAxis_AreInTheirOrder(string axes, string members) =>
        Assert.That(string.Join(' ', Grid.Members(axes)), Is.EqualTo(members));

    [Test]
    public void Axes_WithAnyWhiteSpaceAroundTheirSigns_AreTheSame() =>
        Assert.That(Grid.Members("form\tadd :w0 += w2\nform sub-1:w0 -= w2\ns=1\t2"), Is.EqualTo(new[] { "add,s=1", "add,s=2", "sub-1,s=1", "sub-1,s=2" }));

    [TestCase(8, 26)]
    [TestCase(16, 44)]
    [TestCase(32, 68)]
    [TestCase(64, 110)]
    public void EdgeSet_OfAWidth_HasAsManyValues(int bits, int count) =>
        Assert.That(Grid.Members($"n = edges{bits}"), Has.Length.EqualTo(count));

    [Test]
    public void EdgeSet_OfEightBits_IsAsDocumented() =>
        Assert.That(
            string.Join(' ', Grid.Members("n = edges8")),
            Is.EqualTo("n=0 n=1 n=2 n=3 n=4 n=5 n=7 n=8 n=9 n=15 n=16 n=17 n=127 n=128 n=129 n=239 n=240 n=241 n=247 n=248 n=249 n=251 n=252 n=253 n=254 n=255"));

    [TestCase("n=32767")]
    [TestCase("n=4294967295")]
    [TestCase("n=2147483648")]
    [TestCase("n=2147483649")]
    [TestCase("n=4278190080")]
    public void EdgeSet_Of32Bits_Has(string member) => Assert.That(Grid.Members("n = edges32"), Does.Contain(member));

    [TestCase("n=-9223372036854775808")]
    [TestCase("n=9223372036854775807")]
    [TestCase("n=-1")]
    [TestCase("n=4294967296")]
    [TestCase("n=-4294967297")]
    [TestCase("n=-140737488355329")]
    public void EdgeSet_Of64Bits_Has(string member) => Assert.That(Grid.Members("n = edges64"), Does.Contain(member));

    [Test]
    public void EdgeSet_Of64Bits_IsInTheOrderOfUnsignedNumbers()
    {
        string[] members = Grid.Members("n = edges64");
        Assert.That((members[0], members[1], members[^1]), Is.EqualTo(("n=0", "n=1", "n=-1")));
    }

    [TestCase("n", 2, "found 'n', expected name = values, the name of letters and digits")]
    [TestCase("n_m = 1", 2, "found 'n_m = 1', expected name = values, the name of letters and digits")]
    [TestCase("1n = 1", 2, "found '1n = 1', expected name = values, the name of letters and digits")]
    [TestCase("n = ", 2, "no values, expected numbers, ranges such as 0..9, or names of sets")]
    [TestCase("n = 1 2 1", 2, "'n' has a value twice")]
    [TestCase("n = 1\n\nn = 2", 4, "second axis 'n'")]
    [TestCase("n = m", 2, "no number named 'm' here")]
    [TestCase("n = edges7", 2, "no number named 'edges7' here")]
    [TestCase("n = 3..1", 1, "no members, expected axes with values")]
    [TestCase("", 1, "no members, expected axes with values")]
    [TestCase("form: x", 2, "found 'form: x', expected 'name label: text' or 'name = values'")]
    [TestCase("form a.b: x", 2, "found 'form a.b: x', expected 'name label: text' or 'name = values'")]
    [TestCase("form a: x\nform a: y", 3, "'form a' is there twice")]
    [TestCase("n = 1\nn a: y", 3, "'n' has numbers already")]
    [TestCase("n = 2..1\nn a: y", 3, "'n' has numbers already")]
    [TestCase("n a: y\nn = 1", 3, "second axis 'n'")]
    [TestCase("form a: {", 2, "'{' without '}'")]
    [TestCase("form a: {}", 2, "found '' in the expression '', expected a number, a name or '('")]
    [TestCase("n = 0..1000000000", 2, "more than 1048576 values")]
    [TestCase("n = 0..0xffffffffffffffff", 1, "no members, expected axes with values")]
    [TestCase("n = -9223372036854775808..9223372036854775807", 2, "more than 1048576 values")]
    [TestCase("n = 1..50001", 2, "50001 members up to here, expected at most 50000")]
    [TestCase("a = 1..1000\nb = 1..1000\nc = 1..1000", 3, "1000000 members up to here, expected at most 50000")]
    [TestCase("n = 1/0", 2, "'1/0' divides by zero")]
    [TestCase("n = 99999999999999999999", 2, "found '99999999999999999999', expected a number of at most 64 bits such as 10 or 0xa")]
    [TestCase("n = 0x", 2, "found '0x', expected a number of at most 64 bits such as 10 or 0xa")]
    [TestCase("n = 010", 2, "found '010', expected a number of at most 64 bits such as 10 or 0xa")]
    [TestCase("n = 0x00000000000000001", 2, "found '0x00000000000000001', expected a number of at most 64 bits such as 10 or 0xa")]
    [TestCase("n\u00a0= 1", 2, "found 'n\u00a0= 1', expected name = values, the name of letters and digits")]
    [TestCase("a = 1 2\nb = a", 3, "no number named 'a' here")]
    [TestCase("n234567890123456789012345678901234567890x = 1", 2, "found 'n234567890123456789012345678901234567890…', expected name = values, the name of letters and digits")]
    [TestCase("n = 1..2..3", 2, "found '..3' in the expression '2..3', expected an operator or the end")]
    public void Axes_SomethingWrong_SaysWhatAndWhere(string axes, int line, string problem) =>
        Assert.That(Grid.Error($"-- axes\n{axes}\n-- asm\nexit\n"), Is.EqualTo((line, problem)));

    [Test]
    public void Axes_Seventeen_AreTooMany()
    {
        string axes = string.Join('\n', Enumerable.Range(1, 17).Select(i => $"a{i} = 0"));
        Assert.That(Grid.Error($"-- axes\n{axes}\n-- asm\nexit\n"), Is.EqualTo((18, "an axis too many, expected at most 16")));
    }

    [Test]
    public void Axes_ManySets_AreTooManyValues()
    {
        string sets = string.Join(' ', Enumerable.Repeat("edges64", 100_000));
        Assert.That(Grid.Error($"-- axes\nn = {sets}\n-- asm\nexit\n"), Is.EqualTo((2, "more than 1048576 values")));
    }
}
