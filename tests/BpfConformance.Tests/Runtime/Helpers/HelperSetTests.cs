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
                "map_lookup_elem", "map_update_elem", "map_delete_elem", "probe_read", "ktime_get_ns", "trace_printk", "get_prandom_u32", "get_smp_processor_id",
                "get_current_pid_tgid", "get_current_uid_gid", "get_current_comm", "csum_diff", "get_current_task", "get_numa_node_id",
                "probe_read_str", "map_push_elem", "map_pop_elem", "map_peek_elem", "strtol", "strtoul", "probe_read_user", "probe_read_kernel",
                "probe_read_user_str", "probe_read_kernel_str", "jiffies64", "ktime_get_boot_ns", "ktime_get_coarse_ns", "snprintf",
                "trace_vprintk", "strncmp", "map_lookup_percpu_elem", "ktime_get_tai_ns",
            }));
    }

    [TestCase(0x1_0000_0005ul)]
    [TestCase(ulong.MaxValue)]
    public void Find_ANumberBeyond32Bits_IsNothing(ulong helper) => Assert.That(HelperSet.Find(helper) == null);
}
