using BpfConformance.Abi.Helpers;
using NUnit.Framework;

namespace BpfConformance.Tests.Abi.Helpers;

/// <summary>Spot checks against include/uapi/linux/bpf.h of Linux 6.18.</summary>
[TestFixture]
public sealed class HelperTableTests
{
    [TestCase(1, "map_lookup_elem")]
    [TestCase(2, "map_update_elem")]
    [TestCase(5, "ktime_get_ns")]
    [TestCase(6, "trace_printk")]
    [TestCase(7, "get_prandom_u32")]
    [TestCase(8, "get_smp_processor_id")]
    [TestCase(12, "tail_call")]
    [TestCase(14, "get_current_pid_tgid")]
    [TestCase(25, "perf_event_output")]
    [TestCase(28, "csum_diff")]
    [TestCase(44, "xdp_adjust_head")]
    [TestCase(51, "redirect_map")]
    [TestCase(65, "xdp_adjust_tail")]
    [TestCase(69, "fib_lookup")]
    [TestCase(84, "sk_lookup_tcp")]
    [TestCase(93, "spin_lock")]
    [TestCase(109, "send_signal")]
    [TestCase(118, "jiffies64")]
    [TestCase(130, "ringbuf_output")]
    [TestCase(164, "for_each_map_elem")]
    [TestCase(181, "loop")]
    [TestCase(182, "strncmp")]
    [TestCase(194, "kptr_xchg")]
    [TestCase(197, "dynptr_from_mem")]
    [TestCase(208, "ktime_get_tai_ns")]
    [TestCase(209, "user_ringbuf_drain")]
    [TestCase(211, "cgrp_storage_delete")]
    public void Helper_ByNumberAndName_IsTheKernels(int number, string name)
    {
        Assert.That(HelperTable.NameOf(number), Is.EqualTo(name));
        Assert.That(HelperTable.NumberOf(name), Is.EqualTo(number));
        Assert.That(HelperTable.NumberOf("bpf_" + name), Is.EqualTo(number));
    }

    [TestCase(0)]
    [TestCase(212)]
    [TestCase(-1)]
    [TestCase(int.MinValue)]
    public void NameOf_ANumberOutside_IsNull(int number) => Assert.That(HelperTable.NameOf(number), Is.Null);

    [TestCase("")]
    [TestCase("bpf_")]
    [TestCase("bpf_bpf_loop")]
    [TestCase("LOOP")]
    [TestCase("unspec")]
    public void NumberOf_NoName_IsNull(string name) => Assert.That(HelperTable.NumberOf(name), Is.Null);

    [Test]
    public void Names_Are211AndDistinct()
    {
        Assert.That(HelperTable.Count, Is.EqualTo(211));
        Assert.That(Enumerable.Range(1, 211).Select(HelperTable.NameOf), Is.Unique.And.All.Match("^[a-z][a-z0-9_]+$"));
    }
}
