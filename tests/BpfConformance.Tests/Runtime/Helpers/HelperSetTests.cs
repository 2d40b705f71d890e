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
            Is.EqualTo(new[]
            {
                "map_lookup_elem", "map_update_elem", "map_delete_elem", "ktime_get_ns", "get_prandom_u32", "get_smp_processor_id",
                "map_push_elem", "map_pop_elem", "map_peek_elem", "strtol", "strtoul", "map_lookup_percpu_elem",
            }));
    }

    [TestCase(0x1_0000_0005ul)]
    [TestCase(ulong.MaxValue)]
    public void Find_ANumberBeyond32Bits_IsNothing(ulong helper) => Assert.That(HelperSet.Find(helper) == null);
}
