using System.Collections.Frozen;
using System.Collections.Immutable;
using BpfConformance.Abi.Helpers;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Why this machine does not have some helpers of the kernel: what they need is none of its things, or not yet.</summary>
public static class HelperOmissions
{
    private static readonly ImmutableArray<(string Reason, ImmutableArray<string> Helpers)> s_rows =
    [
        ("it sends packets of a live connection",
            ["tcp_send_ack"]),
        ("it needs the tables of a live network",
            [
                "skb_get_xfrm_state", "lwt_push_encap", "lwt_seg6_store_bytes", "lwt_seg6_adjust_srh", "lwt_seg6_action",
            ]),
        ("it needs a live socket",
            [
                "setsockopt", "getsockopt", "bind", "tcp_check_syncookie", "tcp_gen_syncookie", "skc_to_tcp6_sock", "skc_to_tcp_sock",
                "skc_to_tcp_timewait_sock", "skc_to_tcp_request_sock", "skc_to_udp6_sock", "load_hdr_opt", "store_hdr_opt", "reserve_hdr_opt",
                "sock_from_file", "skc_to_unix_sock", "skc_to_mptcp_sock",
            ]),
        ("it makes cookies of a secret that each kernel has for itself",
            [
                "tcp_raw_gen_syncookie_ipv4", "tcp_raw_gen_syncookie_ipv6", "tcp_raw_check_syncookie_ipv4", "tcp_raw_check_syncookie_ipv6",
            ]),
        ("it needs a control group that is known by its BTF type: a task leads to its own at offsets that each kernel has for itself, and no context does",
            ["cgrp_storage_get", "cgrp_storage_delete"]),
        ("it needs an inode that is known by its BTF type, which only programs at hooks of LSM have as an argument", ["inode_storage_get", "inode_storage_delete"]),
        ("it needs perf events and stacks of the kernel",
            [
                "read_branch_records", "get_task_stack", "get_branch_snapshot",
            ]),
        ("it reads counters of a live processor", ["perf_event_read", "perf_event_read_value"]),
        ("it needs a function of the kernel that the program is attached to",
            ["override_return"]),
        ("it needs a kernel object that is known by its BTF type",
            [
                "skb_output", "xdp_output",
                "seq_printf", "seq_write", "d_path", "snprintf_btf", "seq_printf_btf", "bprm_opts_set", "ima_inode_hash", "task_pt_regs", "find_vma", "ima_file_hash",
            ]),
        ("it needs a variable of the kernel's, one for each processor, and kernels without CONFIG_KALLSYMS_ALL find none", ["per_cpu_ptr", "this_cpu_ptr"]),
        ("what it takes out has to be released, also where it can only be null, and only functions of the kernel release it", ["kptr_xchg"]),
        ("it needs a process of its own, its memory or its signals",
            [
                "probe_write_user", "send_signal", "send_signal_thread", "get_ns_current_pid_tgid", "copy_from_user", "copy_from_user_task",
                "sys_bpf", "btf_find_by_name_kind", "sys_close", "kallsyms_lookup_name",
            ]),
        ("it needs an infrared device", ["rc_repeat", "rc_keydown", "rc_pointer_rel"]),
    ];

    private static readonly FrozenDictionary<int, string> s_reasons = s_rows
        .SelectMany(row => row.Helpers.Select(name => (Helper: HelperTable.NumberOf(name) ?? throw new KeyNotFoundException(name), row.Reason)))
        .ToFrozenDictionary(row => row.Helper, row => row.Reason);

    /// <summary>Why there is no such helper; <c>null</c>: there is one, or the kernel has none.</summary>
    public static string? ReasonOf(int helper) => s_reasons.GetValueOrDefault(helper);
}
