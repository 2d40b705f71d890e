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
                "map_lookup_elem", "map_update_elem", "map_delete_elem", "probe_read", "ktime_get_ns", "trace_printk", "get_prandom_u32",
                "get_smp_processor_id", "skb_store_bytes", "l3_csum_replace", "l4_csum_replace", "get_current_pid_tgid", "get_current_uid_gid",
                "get_current_comm", "skb_vlan_push", "skb_vlan_pop", "redirect", "perf_event_output", "skb_load_bytes", "csum_diff",
                "skb_change_proto", "skb_change_type",
                "get_hash_recalc", "get_current_task", "skb_change_tail", "skb_pull_data", "csum_update", "set_hash_invalid", "get_numa_node_id",
                "skb_change_head", "xdp_adjust_head", "probe_read_str", "set_hash", "skb_adjust_room", "redirect_map", "sk_redirect_map",
                "xdp_adjust_meta", "msg_redirect_map", "msg_apply_bytes", "msg_cork_bytes", "msg_pull_data", "xdp_adjust_tail",
                "skb_load_bytes_relative", "msg_redirect_hash", "sk_redirect_hash", "sk_select_reuseport", "sk_lookup_tcp",
                "sk_lookup_udp", "sk_release", "map_push_elem", "map_pop_elem", "map_peek_elem", "msg_push_data", "msg_pop_data",
                "sk_fullsock", "tcp_sock", "get_listener_sock", "skc_lookup_tcp", "strtol", "strtoul", "probe_read_user",
                "probe_read_kernel", "probe_read_user_str", "probe_read_kernel_str", "jiffies64", "sk_assign", "ktime_get_boot_ns", "ringbuf_output",
                "ringbuf_reserve", "ringbuf_submit", "ringbuf_discard", "ringbuf_query", "csum_level",
                "redirect_neigh", "redirect_peer", "ktime_get_coarse_ns", "snprintf", "trace_vprintk", "strncmp", "xdp_get_buff_len",
                "xdp_load_bytes", "xdp_store_bytes",
                "map_lookup_percpu_elem", "dynptr_from_mem", "ringbuf_reserve_dynptr", "ringbuf_submit_dynptr", "ringbuf_discard_dynptr",
                "dynptr_read",
                "dynptr_write", "dynptr_data", "ktime_get_tai_ns",
            }));
    }

    [TestCase(0x1_0000_0005ul)]
    [TestCase(ulong.MaxValue)]
    public void Find_ANumberBeyond32Bits_IsNothing(ulong helper) => Assert.That(HelperSet.Find(helper) == null);
}
