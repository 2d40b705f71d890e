using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Generation;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Campaigns;

internal sealed class RangePlanTests
{
    private static Profile Of(string name, int weight) => new(name, weight, () => new TinyGenerator());

    [Test]
    public void Ranges_OfWeightedProfiles_AreMixedAndGoThroughEachProfileInOrder()
    {
        var plan = new RangePlan([Of("a", 3), Of("b", 1)], count: null);

        string[] ranges = [.. Enumerable.Range(0, 9).Select(number => $"{plan[number]!.Profile}{plan[number]!.First}")];

        Assert.That(ranges, Is.EqualTo(new[] { "a0", "a256", "b0", "a512", "a768", "a1024", "b256", "a1280", "a1536" }));
    }

    [Test]
    public void Ranges_OfACount_EndWithIt()
    {
        var plan = new RangePlan([Of("a", 1)], count: 300);

        Assert.That((plan[0]!.Count, plan[1]!.Count, plan[2]), Is.EqualTo((256, 44, (CaseRange?)null)));
    }

    [TestCase("valid:42:17", true)]
    [TestCase("valid:42", false)]
    [TestCase(":42:17", false)]
    [TestCase("valid:-1:17", false)]
    [TestCase("valid:42:x", false)]
    public void CaseId_OfText_IsReadWhereItIsOne(string text, bool isOne) =>
        Assert.That($"{CaseId.TryParse(text)}", Is.EqualTo(isOne ? text : string.Empty));

    [Test]
    public void Entropy_OfTwoProfilesWithTheSameIndex_Differs()
    {
        Entropy one = new CaseId("a", 1, 2).Entropy;
        Entropy other = new CaseId("b", 1, 2).Entropy;

        Assert.That(one.Next(), Is.Not.EqualTo(other.Next()));
    }
}
