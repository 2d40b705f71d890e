using BpfConformance.Abi.Helpers;
using BpfConformance.Runtime.Helpers;
using NUnit.Framework;

namespace BpfConformance.Tests.Runtime.Helpers;

[TestFixture]
public sealed class HelperOmissionsTests
{
    [Test]
    public void ReasonOf_EveryHelperOfTheKernel_IsThereWhenTheHelperIsNot()
    {
        int[] wrong = [.. HelperTable.All.Where(helper => HelperSet.Has((ulong)helper) == (HelperOmissions.ReasonOf(helper) is not null))];

        Assert.That(wrong.Select(HelperTable.NameOf), Is.Empty);
    }

    [TestCase(0)]
    [TestCase(212)]
    [TestCase(-1)]
    public void ReasonOf_NoHelper_IsNothing(int helper) => Assert.That(HelperOmissions.ReasonOf(helper), Is.Null);
}
