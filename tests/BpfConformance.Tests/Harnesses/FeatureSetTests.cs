using BpfConformance.Harnesses.Coverage;
using NUnit.Framework;

namespace BpfConformance.Tests.Harnesses;

/// <summary>What counts as new.</summary>
[TestFixture]
public sealed class FeatureSetTests
{
    [TestCase(1, 1, 0)]
    [TestCase(1, 2, 1)]
    [TestCase(4, 7, 0)]
    [TestCase(7, 8, 1)]
    [TestCase(32, 127, 0)]
    [TestCase(127, 128, 1)]
    [TestCase(128, 255, 0)]
    public void Absorb_OfACounterThatIsHigher_FindsWhatIsInAnotherClass(int first, int second, int isNew)
    {
        var features = new FeatureSet();
        Assert.Multiple(() =>
        {
            Assert.That(features.Absorb(Raised((5, first))), Is.EqualTo(1));
            Assert.That(features.Absorb(Raised((5, second))), Is.EqualTo(isNew));
            Assert.That(features.Edges, Is.EqualTo(1));
        });
    }

    [Test]
    public void Absorb_OfCounters_FindsAllAndClearsThem()
    {
        var features = new FeatureSet();
        byte[] counters = Raised((0, 1), (31, 1), (32, 3), (65535, 255));
        Assert.Multiple(() =>
        {
            Assert.That(features.Absorb(counters), Is.EqualTo(4));
            Assert.That(counters, Is.All.Zero);
            Assert.That(features.Absorb(Raised((0, 1), (33, 1))), Is.EqualTo(1));
            Assert.That((features.Count, features.Edges), Is.EqualTo((5, 5)));
        });
    }

    private static byte[] Raised(params (int Counter, int Count)[] raised)
    {
        var counters = new byte[BranchMap.Size];
        foreach ((int counter, int count) in raised) counters[counter] = (byte)count;
        return counters;
    }
}
