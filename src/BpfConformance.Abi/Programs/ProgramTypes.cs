namespace BpfConformance.Abi.Programs;

/// <summary>
/// A set of <see cref="ProgramType"/>s: bit n is the type of number n. The families are those of the kernel's functions that
/// answer which helpers a type may call (kernel/bpf/helpers.c, kernel/trace/bpf_trace.c, net/core/filter.c, 6.18).
/// </summary>
[Flags]
public enum ProgramTypes : ulong
{
    None = 0,
    SocketFilter = 1UL << ProgramType.SocketFilter,
    Kprobe = 1UL << ProgramType.Kprobe,
    SchedCls = 1UL << ProgramType.SchedCls,
    SchedAct = 1UL << ProgramType.SchedAct,
    Tracepoint = 1UL << ProgramType.Tracepoint,
    Xdp = 1UL << ProgramType.Xdp,
    PerfEvent = 1UL << ProgramType.PerfEvent,
    CgroupSkb = 1UL << ProgramType.CgroupSkb,
    CgroupSock = 1UL << ProgramType.CgroupSock,
    LwtIn = 1UL << ProgramType.LwtIn,
    LwtOut = 1UL << ProgramType.LwtOut,
    LwtXmit = 1UL << ProgramType.LwtXmit,
    SockOps = 1UL << ProgramType.SockOps,
    SkSkb = 1UL << ProgramType.SkSkb,
    CgroupDevice = 1UL << ProgramType.CgroupDevice,
    SkMsg = 1UL << ProgramType.SkMsg,
    RawTracepoint = 1UL << ProgramType.RawTracepoint,
    CgroupSockAddr = 1UL << ProgramType.CgroupSockAddr,
    LwtSeg6Local = 1UL << ProgramType.LwtSeg6Local,
    LircMode2 = 1UL << ProgramType.LircMode2,
    SkReuseport = 1UL << ProgramType.SkReuseport,
    FlowDissector = 1UL << ProgramType.FlowDissector,
    CgroupSysctl = 1UL << ProgramType.CgroupSysctl,
    RawTracepointWritable = 1UL << ProgramType.RawTracepointWritable,
    CgroupSockopt = 1UL << ProgramType.CgroupSockopt,
    Tracing = 1UL << ProgramType.Tracing,
    StructOps = 1UL << ProgramType.StructOps,
    Ext = 1UL << ProgramType.Ext,
    Lsm = 1UL << ProgramType.Lsm,
    SkLookup = 1UL << ProgramType.SkLookup,
    Syscall = 1UL << ProgramType.Syscall,
    Netfilter = 1UL << ProgramType.Netfilter,

    /// <summary>Traffic control (<c>tc_cls_act_func_proto</c>).</summary>
    Tc = SchedCls | SchedAct,

    /// <summary>Lightweight tunnels (<c>lwt_out_func_proto</c>, which the others fall back to).</summary>
    Lwt = LwtIn | LwtOut | LwtXmit | LwtSeg6Local,

    /// <summary>What is run by a cgroup (<c>cgroup_common_func_proto</c>, and what the socket types repeat of it).</summary>
    Cgroup = CgroupSkb | CgroupSock | SockOps | CgroupDevice | CgroupSockAddr | CgroupSysctl | CgroupSockopt,

    /// <summary>Those that fall back to <c>bpf_sk_base_func_proto</c>.</summary>
    Sockets = SocketFilter | Tc | Xdp | CgroupSkb | Lwt | SockOps | SkSkb | SkMsg | CgroupSockAddr | FlowDissector | SkLookup,

    RawTracepoints = RawTracepoint | RawTracepointWritable,

    /// <summary>What sees the kernel through raw addresses.</summary>
    Probes = Kprobe | Tracepoint | PerfEvent | RawTracepoints,

    /// <summary>Those that fall back to <c>tracing_prog_func_proto</c>, which hands out helpers for objects with BTF.</summary>
    TracingLike = Tracing | Lsm | Syscall,

    /// <summary>
    /// Those that fall back to <c>bpf_base_func_proto</c>: all but LIRC_MODE2, which has a short list of its own, and EXT, which may
    /// call what the program that it replaces a function of may call, and is therefore in no set.
    /// </summary>
    Base = Sockets | Cgroup | SkReuseport | Probes | TracingLike | StructOps | Netfilter,

    /// <summary>All types that have helpers of their own.</summary>
    Everyone = Base | LircMode2,
}

/// <summary>Membership.</summary>
public static class ProgramTypesMembership
{
    public static bool Has(this ProgramTypes types, ProgramType type) => ((ulong)types >> (int)type & 1) != 0;
}
