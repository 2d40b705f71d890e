using BpfConformance.Abi.Helpers;
using BpfConformance.Runtime.Helpers;
using NUnit.Framework;

namespace BpfConformance.Tests.Runtime.Helpers;

[TestFixture]
public sealed unsafe class HelperSetTests
{
    [Test]
    public void Find_AllNumbersOfTheKernel_HasThese()
    {
        var found = new List<int>();
        for (int helper = 0; helper <= HelperTable.Count; helper++)
        {
            if (HelperSet.Find((ulong)helper) != null) found.Add(helper);
        }

        Assert.That(
            found.Select(HelperTable.NameOf),
            Is.EqualTo(new[] { "ktime_get_ns", "get_prandom_u32", "get_smp_processor_id", "strtol", "strtoul" }));
    }

    [TestCase(0x1_0000_0005ul)]
    [TestCase(ulong.MaxValue)]
    public void Find_ANumberBeyond32Bits_IsNothing(ulong helper) => Assert.That(HelperSet.Find(helper) == null);
}
