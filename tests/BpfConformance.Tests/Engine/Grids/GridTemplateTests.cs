using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Grids;

/// <summary>Expressions, holes and loops.</summary>
[TestFixture]
internal sealed class GridTemplateTests
{
    [TestCase("2+3*4", "0xe")]
    [TestCase("(2+3)*4", "0x14")]
    [TestCase("10-3-2", "0x5")]
    [TestCase("100/10/5", "0x2")]
    [TestCase("a-b", "0x9")]
    [TestCase("7/b", "0xfffffffffffffffd")]
    [TestCase("-7/2", "0xfffffffffffffffd")]
    [TestCase("-7%2", "0xffffffffffffffff")]
    [TestCase("-5%3", "0xfffffffffffffffe")]
    [TestCase("5%-3", "0x2")]
    [TestCase("-5 %\t-3", "0xfffffffffffffffe")]
    [TestCase("2-3%2*5", "0xfffffffffffffffd")]
    [TestCase("7%b", "0x1")]
    [TestCase("--a", "0x7")]
    [TestCase("3 * -a", "0xffffffffffffffeb")]
    [TestCase("0xfF", "0xff")]
    [TestCase("0x7fffffffffffffff+1", "0x8000000000000000")]
    [TestCase("0x8000000000000000/(-1)", "0x8000000000000000")]
    [TestCase("0x8000000000000000%(-1)", "0x0")]
    [TestCase("18446744073709551615", "0xffffffffffffffff")]
    [TestCase("0x100000000*0x100000000", "0x0")]
    [TestCase("0x9e3779b97f4a7c15*3", "0xdaa66d2c7ddf743f")]
    public void Expression_Computed_Is(string expression, string value) => Assert.That(Grid.Value(expression), Is.EqualTo($"{value} ll"));

    [TestCase("1/0", "'1/0' divides by zero")]
    [TestCase("1%(a-7)", "'1%(a-7)' divides by zero")]
    [TestCase("1+", "found '' in the expression '1+', expected a number, a name or '('")]
    [TestCase("(1", "found '' in the expression '(1', expected ')'")]
    [TestCase("1 2", "found '2' in the expression '1 2', expected an operator or the end")]
    [TestCase("c", "no number named 'c' here")]
    [TestCase("0x10+0Xf", "found '0Xf', expected a number of at most 64 bits such as 10 or 0xa")]
    [TestCase("010", "found '010', expected a number of at most 64 bits such as 10 or 0xa")]
    [TestCase("12x", "found '12x', expected a number of at most 64 bits such as 10 or 0xa")]
    public void Expression_Wrong_SaysWhatAndWhere(string expression, string problem) =>
        Assert.That(Grid.Error($"-- axes\na = 7\n-- asm\nr0 = {{{expression}}}\nexit\n"), Is.EqualTo((4, problem)));

    [Test]
    public void Expression_ThirtyTwoParentheses_AreTooDeep()
    {
        string deep = new string('(', 31) + "1" + new string(')', 31);
        Assert.That(Grid.Value(deep), Is.EqualTo("0x1 ll"));
        Assert.That(
            Grid.Error($"-- axes\na = 7\n-- asm\nr0 = {{({deep})}}\n"), Is.EqualTo((4, "parentheses or signs more than 32 deep")));
    }

    [Test]
    public void Expression_OfMillionsOfOperators_IsRefused() =>
        Assert.That(
            Grid.Error($"-- axes\na = 7\n-- asm\nr0 = {{1{string.Concat(Enumerable.Repeat("+1", 2_000_000))}}}\n"),
            Is.EqualTo((4, "an expression of 4000001 characters, expected at most 200")));

    [TestCase("r{n} = {n} # {", "r3 = 3")]
    [TestCase("r0 = *(u8 *)(r1 {+n})", "r0 = *(u8 *)(r1 + 3)")]
    [TestCase("r0 = *(u8 *)(r1 {+ n-5})", "r0 = *(u8 *)(r1 - 2)")]
    [TestCase("r0 = *(u8 *)(r1 {+0})", "r0 = *(u8 *)(r1 + 0)")]
    [TestCase("{ form }", "r3 += r4")]
    [TestCase("{outer}", "if r1 == 3 goto +1")]
    public void Hole_OfNumberOrText_IsFilled(string line, string filled) =>
        Assert.That(
            Grid.Program("n = 3\nform x: r{n} {symbol} r{n+1}\nsymbol y: +=\nouter z: if r1 == {n} {jump}\njump j: goto {+n-2}", line),
            Is.EqualTo(filled));

    [Test]
    public void Loops_InEachOther_RepeatTheirLines() =>
        Assert.That(
            Grid.Program("n = 2", "@for i = 0..1\n@for j = i..n-1  8\nr{i} = {10*i+j}\n@end\nr9 += {i}\n@end\n@for k = 2..1\nnonsense\n@end\nexit"),
            Is.EqualTo("r0 = 0\nr0 = 1\nr0 = 8\nr9 += 0\nr1 = 11\nr1 = 18\nr9 += 1\nexit"));

    [Test]
    public void Lines_OfAllMembers_AreThoseOfTheFile() =>
        Assert.That(
            Grid.Read("-- axes\nn = 1 2\n-- asm\n# first\n@for i = 1..n\nr0 = {i}\n@end\nexit\n").Select(test => string.Join(' ', test.Lines)),
            Is.EqualTo(new[] { "6 8", "6 6 8" }));

    [Test]
    public void Labels_AreEachMembersOwn() =>
        Assert.That(
            Grid.Read("-- axes\nn = 1..3\n-- asm\n@for i = 1..n\nr0 += 1\n@end\nif r0 == 5 goto end\ngoto exit\n{x}end:\nexit\n".Replace("{x}", string.Empty, StringComparison.Ordinal))
                .Select(test => test.Program.Instructions[0].Opcode == 0x07 && test.Program.Instructions[^3].Offset == 1),
            Has.All.True);

    [TestCase("@for n = 1..2\nexit\n@end", 6, "'n' is an axis or a loop around this already")]
    [TestCase("@for i = 1\n@for i = 2\nexit\n@end\n@end", 7, "'i' is an axis or a loop around this already")]
    [TestCase("@for form = 1\n@end", 6, "'form' is an axis or a loop around this already")]
    [TestCase("@for i = 1\nexit", 6, "'@for' without '@end'")]
    [TestCase("exit\n@end", 7, "'@end' without '@for'")]
    [TestCase("@loop i = 1\n@end", 6, "found '@loop i = 1', expected '@for name = values' or '@end'")]
    [TestCase("@for i\n@end", 6, "found 'i', expected name = values, the name of letters and digits")]
    [TestCase("@for i = 1 2\n@end\nr0 = {i}", 8, "no number named 'i' here")]
    [TestCase("exit {form}", 6, "found '+', expected the end of the line (member n=1,a,b)")]
    [TestCase("r0 {+form}", 6, "no number named 'form' here")]
    [TestCase("@for\ti = 1\nr0 = {i} {form}\n@end", 7, "found '+', expected 'll' or the end of the line (member n=1,a,b)")]
    [TestCase("r0 = {form+1}", 6, "no number named 'form' here")]
    [TestCase("{self}", 4, "texts more than 8 deep in each other, or one that holds itself")]
    [TestCase("r0 = 1 {", 6, "'{' without '}'")]
    [TestCase("@for i = 1..2000000\n@end", 6, "more than 1048576 values")]
    [TestCase("@for i = 1..1000000\n@for j = 1..1000000\n@end\n@end", 5, "more than 1000000 lines and rounds of loops")]
    [TestCase("@for a = 1\n@for b = 1\n@for c = 1\n@for d = 1\n@for e = 1\n@for f = 1\n@for g = 1\n@for h = 1\n@for i = 1\n", 14, "more than 8 loops in each other")]
    [TestCase("r11 = 1", 6, "no register r11, expected r0-r10 (member n=1,a,b)")]
    public void Template_SomethingWrong_SaysWhatAndWhere(string asm, int line, string problem) =>
        Assert.That(Grid.Error($"-- axes\nn = 1\nform a: +\nself b: {{self}}\n-- asm\n{asm}\n"), Is.EqualTo((line, problem)));

    [Test]
    public void Line_OfTextsThatMultiply_IsRefused()
    {
        string tenfold = string.Concat(Enumerable.Range(2, 7).Select(i => $"t{i} x: {string.Concat(Enumerable.Repeat($"{{t{i + 1}}}", 100))}\n"));
        Assert.That(
            Grid.Error($"-- axes\n{tenfold}t9 x:\n-- asm\n{{t2}}\n").Problem, Is.EqualTo("a line of more than 250 characters or pieces"));
    }

    [Test]
    public void Template_FiftyThousandMembersOfManyLines_IsRefused() =>
        Assert.That(
            Grid.Error("-- axes\nn = 1..50000\n-- asm\n@for i = 1..400000\n@end\nexit\n"),
            Is.EqualTo((3, "more than 4194304 lines and rounds of loops, all fillings together")));
}
