namespace BpfConformance.Abi.Programs;

/// <summary>What each hook makes of r0 (include/uapi/linux/bpf.h; ranges: kernel/bpf/verifier.c, <c>check_return_code</c>; 6.18).</summary>
public static class ReturnTables
{
    private static readonly ReturnRange s_bool = new(0, 1);
    private static readonly ReturnRange s_twoBits = new(0, 3);

    /// <summary>No hook: all of r0 is the result.</summary>
    public static ReturnTable Result { get; } = new(ReturnRange.Any, 64, "the result");

    public static ReturnTable SocketFilter { get; } = new(ReturnRange.Any, 32, "the packet is cut to so many bytes, if it has more",
    [
        new(0,   "",                            "the packet is dropped"),
    ]);

    /// <summary>Of a classifier with <c>direct-action</c>; without it r0 is a class (include/uapi/linux/pkt_cls.h; net/sched/cls_bpf.c, 6.18).</summary>
    public static ReturnTable TcClassifier { get; } = new(ReturnRange.Any, 32, "as TC_ACT_UNSPEC",
    [
        new(-1,  "TC_ACT_UNSPEC",               "the next classifier"),
        new(0,   "TC_ACT_OK",                   "the packet goes on"),
        new(2,   "TC_ACT_SHOT",                 "the packet is dropped"),
        new(4,   "TC_ACT_STOLEN",               "the packet is consumed"),
        new(7,   "TC_ACT_REDIRECT",             "the packet goes where bpf_redirect said"),
        new(8,   "TC_ACT_TRAP",                 "the packet is consumed; in hardware, it goes to the CPU"),
    ]);

    /// <summary>Of an action (net/sched/act_bpf.c, 6.18).</summary>
    public static ReturnTable TcAction { get; } = new(ReturnRange.Any, 32, "no further action; the packet goes on",
    [
        new(-1,  "TC_ACT_UNSPEC",               "what the action was configured with"),
        new(0,   "TC_ACT_OK",                   "the packet goes on"),
        new(1,   "TC_ACT_RECLASSIFY",           "classification starts again"),
        new(2,   "TC_ACT_SHOT",                 "the packet is dropped"),
        new(3,   "TC_ACT_PIPE",                 "the next action"),
        new(7,   "TC_ACT_REDIRECT",             "the packet goes where bpf_redirect said"),
    ]);

    public static ReturnTable Tcx { get; } = new(ReturnRange.Any, 32, "as TCX_NEXT, past the other programs",
    [
        new(-1,  "TCX_NEXT",                    "the next program, then the classifiers of tc"),
        new(0,   "TCX_PASS",                    "the packet goes on"),
        new(2,   "TCX_DROP",                    "the packet is dropped"),
        new(7,   "TCX_REDIRECT",                "the packet goes where bpf_redirect said"),
    ]);

    /// <summary>Of drivers/net/netkit.c, 6.18, and include/uapi/linux/if_link.h.</summary>
    public static ReturnTable Netkit { get; } = new(ReturnRange.Any, 32, "the packet is dropped",
    [
        new(-1,  "NETKIT_NEXT",                 "the next program, then the packet goes to the peer"),
        new(0,   "NETKIT_PASS",                 "the packet goes to the peer"),
        new(2,   "NETKIT_DROP",                 "the packet is dropped"),
        new(7,   "NETKIT_REDIRECT",             "the packet goes where bpf_redirect said"),
    ]);

    public static ReturnTable Xdp { get; } = new(ReturnRange.Any, 32, "as XDP_ABORTED, with a warning",
    [
        new(0,   "XDP_ABORTED",                 "the packet is dropped, and xdp:xdp_exception traced"),
        new(1,   "XDP_DROP",                    "the packet is dropped"),
        new(2,   "XDP_PASS",                    "the packet goes to the network stack"),
        new(3,   "XDP_TX",                      "the packet goes out where it came in"),
        new(4,   "XDP_REDIRECT",                "the packet goes where bpf_redirect or bpf_redirect_map said"),
    ]);

    public static ReturnTable CgroupIngress { get; } = new(s_bool, 32, string.Empty,
    [
        new(0,   "",                            "the packet is dropped"),
        new(1,   "",                            "the packet goes on"),
    ]);

    public static ReturnTable CgroupEgress { get; } = new(s_twoBits, 32, string.Empty,
    [
        new(0,   "",                            "the packet is dropped, the sender told EPERM"),
        new(1,   "",                            "the packet goes on (NET_XMIT_SUCCESS)"),
        new(2,   "",                            "the packet is dropped, the sender told of congestion (NET_XMIT_DROP)"),
        new(3,   "",                            "the packet goes on, the sender told of congestion (NET_XMIT_CN)"),
    ]);

    /// <summary>What a cgroup's program says of what a process is about to do.</summary>
    public static ReturnTable CgroupPermission { get; } = new(s_bool, 32, string.Empty,
    [
        new(0,   "",                            "refused: EPERM, or what bpf_set_retval said"),
        new(1,   "",                            "allowed"),
    ]);

    public static ReturnTable CgroupBind { get; } = new(s_twoBits, 32, string.Empty,
    [
        new(0,   "",                            "refused: EPERM, or what bpf_set_retval said"),
        new(1,   "",                            "allowed"),
        new(2,   "",                            "refused: EPERM, or what bpf_set_retval said"),
        new(3,   "",                            "allowed, also a port below 1024 without CAP_NET_BIND_SERVICE"),
    ]);

    /// <summary>Of an address that is only told: it can be changed, not refused.</summary>
    public static ReturnTable CgroupAddress { get; } = new(new ReturnRange(1, 1), 32, string.Empty,
    [
        new(1,   "",                            "the address, as it is now"),
    ]);

    public static ReturnTable SockOps { get; } = new(s_bool, 32, string.Empty,
    [
        new(0,   "",                            "the kernel goes on as if there was no program: reply is -1"),
        new(1,   "",                            "reply is what the program left there"),
    ]);

    /// <summary>Of net/core/lwt_bpf.c, 6.18, as of the two below.</summary>
    public static ReturnTable LwtIn { get; } = new(ReturnRange.Any, 32, "the packet is dropped, with a warning",
    [
        new(0,   "BPF_OK",                      "the packet goes on"),
        new(2,   "BPF_DROP",                    "the packet is dropped"),
        new(7,   "BPF_REDIRECT",                "as BPF_OK, with a warning"),
        new(128, "BPF_LWT_REROUTE",             "a route is looked up again"),
    ]);

    public static ReturnTable LwtOut { get; } = new(ReturnRange.Any, 32, "the packet is dropped, with a warning",
    [
        new(0,   "BPF_OK",                      "the packet goes on"),
        new(2,   "BPF_DROP",                    "the packet is dropped"),
        new(7,   "BPF_REDIRECT",                "as BPF_OK, with a warning"),
        new(128, "BPF_LWT_REROUTE",             "as BPF_OK"),
    ]);

    public static ReturnTable LwtXmit { get; } = new(ReturnRange.Any, 32, "the packet is dropped, with a warning",
    [
        new(0,   "BPF_OK",                      "the packet goes on"),
        new(2,   "BPF_DROP",                    "the packet is dropped"),
        new(7,   "BPF_REDIRECT",                "the packet goes where bpf_redirect said"),
        new(128, "BPF_LWT_REROUTE",             "a route is looked up again"),
    ]);

    /// <summary>Of net/ipv6/seg6_local.c, 6.18.</summary>
    public static ReturnTable LwtSeg6Local { get; } = new(ReturnRange.Any, 32, "the packet is dropped, with a warning",
    [
        new(0,   "BPF_OK",                      "the next segment"),
        new(2,   "BPF_DROP",                    "the packet is dropped"),
        new(7,   "BPF_REDIRECT",                "the packet goes where bpf_lwt_seg6_action sent it"),
    ]);

    /// <summary>Of net/strparser/strparser.c, 6.18.</summary>
    public static ReturnTable SkSkbParser { get; } = new(ReturnRange.Any, 32, "a message of so many bytes; negative: an error, which stops the parser",
    [
        new(0,   "",                            "not enough bytes to tell"),
    ]);

    public static ReturnTable SkVerdict { get; } = new(ReturnRange.Any, 32, "as SK_DROP",
    [
        new(0,   "SK_DROP",                     "the message is dropped"),
        new(1,   "SK_PASS",                     "the message goes on, or where a redirecting helper said"),
    ]);

    public static ReturnTable SkReuseport { get; } = new(ReturnRange.Any, 32, "as SK_DROP",
    [
        new(0,   "SK_DROP",                     "no socket: the packet is dropped"),
        new(1,   "SK_PASS",                     "the socket that bpf_sk_select_reuseport chose, or one by hash"),
    ]);

    public static ReturnTable SkLookup { get; } = new(s_bool, 32, string.Empty,
    [
        new(0,   "SK_DROP",                     "no socket: the packet is dropped"),
        new(1,   "SK_PASS",                     "the socket that bpf_sk_assign chose, or the usual lookup"),
    ]);

    public static ReturnTable FlowDissector { get; } = new(ReturnRange.Any, 32, "as BPF_DROP",
    [
        new(0,   "BPF_OK",                      "the flow keys are what the program left"),
        new(2,   "BPF_DROP",                    "the packet has no flow"),
        new(129, "BPF_FLOW_DISSECTOR_CONTINUE", "the kernel dissects the packet"),
    ]);

    public static ReturnTable Netfilter { get; } = new(s_bool, 32, string.Empty,
    [
        new(0,   "NF_DROP",                     "the packet is dropped"),
        new(1,   "NF_ACCEPT",                   "the packet goes to the next hook"),
    ]);

    /// <summary>Of a program that a perf event runs: kprobe, uprobe, tracepoint, perf_event (kernel/trace/bpf_trace.c, kernel/events/core.c).</summary>
    public static ReturnTable PerfEvent { get; } = new(ReturnRange.Any, 32, "the event is recorded",
    [
        new(0,   "",                            "the event is not recorded"),
    ]);

    public static ReturnTable ProbeSession { get; } = new(s_bool, 32, string.Empty,
    [
        new(0,   "",                            "the program runs at the function's return too"),
        new(1,   "",                            "the program does not run at the function's return"),
    ]);

    public static ReturnTable Ignored { get; } = new(ReturnRange.Any, 0, "nothing");

    /// <summary>The result, which TEST_RUN hands out as retval.</summary>
    public static ReturnTable Syscall { get; } = new(ReturnRange.Any, 32, "the result");

    /// <summary>Of an operation that returns an int.</summary>
    public static ReturnTable Member { get; } = new(ReturnRange.Any, 32, "the result");

    public static ReturnTable Trampoline { get; } = new(new ReturnRange(0, 0), 0, string.Empty,
    [
        new(0,   "",                            "nothing"),
    ]);

    public static ReturnTable ModifyReturn { get; } = new(ReturnRange.Any, 32, "the function is not called, and returns this",
    [
        new(0,   "",                            "the function is called"),
    ]);

    public static ReturnTable Iterator { get; } = new(s_bool, 32, string.Empty,
    [
        new(0,   "",                            "the next object"),
        new(1,   "",                            "the same object again, once there is room for its output"),
    ]);

    /// <summary>Of hooks that return an error number, which most do; those that return bool take 0 and 1, those that return nothing take anything.</summary>
    public static ReturnTable Lsm { get; } = new(new ReturnRange(-4095, 0), 32, "refused with that error number",
    [
        new(0,   "",                            "allowed"),
    ]);
}
