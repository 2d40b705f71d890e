using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class CaseSelectionTests
{
    private static readonly TestCase s_division =
        VectorReader.Read("-- asm\nr0 = 1\nr0 s/= 1\nexit\n-- result\n1\n", "x.vector", "divmul64/sdiv-imm.vector");

    [TestCase("*", true)]
    [TestCase("*sdiv*", true)]
    [TestCase("divmul64/*", true)]
    [TestCase("*.vector", true)]
    [TestCase("divmul64/sdiv-???.vector", true)]
    [TestCase("d*m*l*4*s*v*r", true)]
    [TestCase("divmul64/sdiv-imm.vector**", true)]
    [TestCase("sdiv*", false)]
    [TestCase("*SDIV*", false)]
    [TestCase("divmul64/sdiv-imm", false)]
    [TestCase("?", false)]
    [TestCase("", false)]
    public void Selects_Filter_MatchesTheWholeName(string filter, bool selected) =>
        Assert.That(new CaseSelection { Filter = filter }.Selects(s_division), Is.EqualTo(selected));

    [Test]
    public void Selects_Groups_AsksForAllThatTheProgramUses()
    {
        var all = new CaseSelection { Groups = [ConformanceGroup.Base32, ConformanceGroup.Base64, ConformanceGroup.Divmul64] };
        var tooFew = new CaseSelection { Groups = [ConformanceGroup.Base32, ConformanceGroup.Divmul64] };

        Assert.That((all.Selects(s_division), tooFew.Selects(s_division)), Is.EqualTo((true, false)));
    }

    [TestCase(CpuVersion.V3, false)]
    [TestCase(CpuVersion.V4, true)]
    public void Selects_Cpu_IsTheHighest(CpuVersion cpu, bool selected) =>
        Assert.That(new CaseSelection { Cpu = cpu }.Selects(s_division), Is.EqualTo(selected));

    [Test]
    public void Selects_Everything_IsEverything() =>
        Assert.That(CaseSelection.Everything.Selects(s_division), Is.True);

    [Test, CancelAfter(5000)]
    public void Selects_ManyStars_IsFast()
    {
        string filter = string.Concat(Enumerable.Repeat("*a", 1000)) + "b";
        TestCase test = s_division with { Name = new string('a', 100_000) };

        Assert.That(new CaseSelection { Filter = filter }.Selects(test), Is.False);
    }
}
