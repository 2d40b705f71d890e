using BpfConformance.Abi.Helpers;
using BpfConformance.Runtime.Helpers;
using NUnit.Framework;

namespace BpfConformance.Tests.Runtime.Helpers;

[TestFixture]
public sealed unsafe class HelperSetTests
{
    [Test]
    public void Find_AllNumbersOfTheKernel_HasThree()
    {
        var found = new List<string?>();
        for (int helper = 0; helper <= HelperTable.Count; helper++)
        {
            if (HelperSet.Find((ulong)helper) != null) found.Add(HelperTable.NameOf(helper));
        }

        Assert.That(found, Is.EqualTo(new[] { "ktime_get_ns", "get_prandom_u32", "get_smp_processor_id" }));
    }

    [TestCase(0x1_0000_0005ul)]
    [TestCase(ulong.MaxValue)]
    public void Find_ANumberBeyond32Bits_IsNothing(ulong helper) => Assert.That(HelperSet.Find(helper) == null);
}
