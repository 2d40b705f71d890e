using System.Collections.Immutable;
using static BpfConformance.Abi.Programs.AttachType;
using static BpfConformance.Abi.Programs.ContextTables;

namespace BpfConformance.Abi.Programs;

/// <summary>
/// The hooks of every program type but one: a program of type Ext is given, and gives back, what the function does that it
/// replaces. Of structures of operations the table has <c>bpf_dummy_ops</c>, for which TEST_RUN is; their attach type is a member's index.
/// Sources: kernel/bpf/syscall.c (<c>bpf_prog_load_check_attach</c>) and kernel/bpf/verifier.c, 6.18.
/// </summary>
public static class ProgramTypeTable
{
    // Number 0 is also what a load says that names no attach type.
    private const AttachType NotNamed = CgroupInetIngress;

    /// <summary>By type; where two rows take an attach type, the first counts.</summary>
    public static ImmutableArray<ProgramHook> Rows { get; } =
    [
        new(ProgramType.Unspecified,           [],                                                                  null,                                         ReturnTables.Result),
        new(ProgramType.SocketFilter,          [],                                                                  SkBuff["socket_filter"],                      ReturnTables.SocketFilter),
        new(ProgramType.Kprobe,                [TraceKprobeSession, TraceUprobeSession],                            Registers["kprobe"],                          ReturnTables.ProbeSession, CanSleep: true),
        new(ProgramType.Kprobe,                [TraceKprobeMulti, TraceUprobeMulti],                                Registers["kprobe"],                          ReturnTables.Ignored, CanSleep: true),
        new(ProgramType.Kprobe,                [],                                                                  Registers["kprobe"],                          ReturnTables.PerfEvent, CanSleep: true),
        new(ProgramType.SchedCls,              [TcxIngress, TcxEgress],                                             SkBuff["tc"],                                 ReturnTables.Tcx),
        new(ProgramType.SchedCls,              [NetkitPrimary, NetkitPeer],                                         SkBuff["tc"],                                 ReturnTables.Netkit),
        new(ProgramType.SchedCls,              [],                                                                  SkBuff["tc"],                                 ReturnTables.TcClassifier),
        new(ProgramType.SchedAct,              [],                                                                  SkBuff["tc"],                                 ReturnTables.TcAction),
        new(ProgramType.Tracepoint,            [],                                                                  TracepointRecord["tracepoint"],               ReturnTables.PerfEvent),
        new(ProgramType.Xdp,                   [XdpDevmap],                                                         XdpMd["xdp_devmap"],                          ReturnTables.Xdp),
        new(ProgramType.Xdp,                   [],                                                                  XdpMd["xdp"],                                 ReturnTables.Xdp),
        new(ProgramType.PerfEvent,             [],                                                                  PerfEventData["perf_event"],                  ReturnTables.PerfEvent),
        new(ProgramType.CgroupSkb,             [CgroupInetIngress],                                                 SkBuff["cgroup_skb"],                         ReturnTables.CgroupIngress),
        new(ProgramType.CgroupSkb,             [CgroupInetEgress],                                                  SkBuff["cgroup_skb"],                         ReturnTables.CgroupEgress),
        new(ProgramType.CgroupSock,            [NotNamed, CgroupInetSockCreate, CgroupInetSockRelease],             Sock["sock_create"],                          ReturnTables.CgroupPermission),
        new(ProgramType.CgroupSock,            [CgroupInet4PostBind],                                               Sock["post_bind4"],                           ReturnTables.CgroupPermission),
        new(ProgramType.CgroupSock,            [CgroupInet6PostBind],                                               Sock["post_bind6"],                           ReturnTables.CgroupPermission),
        new(ProgramType.LwtIn,                 [],                                                                  SkBuff["lwt"],                                ReturnTables.LwtIn),
        new(ProgramType.LwtOut,                [],                                                                  SkBuff["lwt"],                                ReturnTables.LwtOut),
        new(ProgramType.LwtXmit,               [],                                                                  SkBuff["lwt"],                                ReturnTables.LwtXmit),
        new(ProgramType.SockOps,               [],                                                                  ContextTables.SockOps["sock_ops"],            ReturnTables.SockOps),
        new(ProgramType.SkSkb,                 [SkSkbStreamParser],                                                 SkBuff["sk_skb"],                             ReturnTables.SkSkbParser),
        new(ProgramType.SkSkb,                 [],                                                                  SkBuff["sk_skb"],                             ReturnTables.SkVerdict),
        new(ProgramType.CgroupDevice,          [],                                                                  ContextTables.CgroupDevice["cgroup_device"],  ReturnTables.CgroupPermission),
        new(ProgramType.SkMsg,                 [],                                                                  SkMsg["sk_msg"],                              ReturnTables.SkVerdict),
        new(ProgramType.RawTracepoint,         [],                                                                  RawArguments["raw_tracepoint"],               ReturnTables.Ignored),
        new(ProgramType.CgroupSockAddr,        [CgroupInet4Bind],                                                   SockAddr["inet4"],                            ReturnTables.CgroupBind),
        new(ProgramType.CgroupSockAddr,        [CgroupInet6Bind],                                                   SockAddr["inet6"],                            ReturnTables.CgroupBind),
        new(ProgramType.CgroupSockAddr,        [CgroupInet4Connect],                                                SockAddr["inet4"],                            ReturnTables.CgroupPermission),
        new(ProgramType.CgroupSockAddr,        [CgroupInet6Connect],                                                SockAddr["inet6"],                            ReturnTables.CgroupPermission),
        new(ProgramType.CgroupSockAddr,        [CgroupUnixConnect, CgroupUnixSendmsg],                              SockAddr["unix"],                             ReturnTables.CgroupPermission),
        new(ProgramType.CgroupSockAddr,        [CgroupUdp4Sendmsg],                                                 SockAddr["udp4_sendmsg"],                     ReturnTables.CgroupPermission),
        new(ProgramType.CgroupSockAddr,        [CgroupUdp6Sendmsg],                                                 SockAddr["udp6_sendmsg"],                     ReturnTables.CgroupPermission),
        new(ProgramType.CgroupSockAddr,        [CgroupUdp4Recvmsg, CgroupInet4Getpeername, CgroupInet4Getsockname], SockAddr["inet4"],                            ReturnTables.CgroupAddress),
        new(ProgramType.CgroupSockAddr,        [CgroupUdp6Recvmsg, CgroupInet6Getpeername, CgroupInet6Getsockname], SockAddr["inet6"],                            ReturnTables.CgroupAddress),
        new(ProgramType.CgroupSockAddr,        [CgroupUnixRecvmsg, CgroupUnixGetpeername, CgroupUnixGetsockname],   SockAddr["unix"],                             ReturnTables.CgroupAddress),
        new(ProgramType.LwtSeg6Local,          [],                                                                  SkBuff["lwt"],                                ReturnTables.LwtSeg6Local),
        new(ProgramType.LircMode2,             [],                                                                  LircSample["lirc_mode2"],                     ReturnTables.Ignored),
        new(ProgramType.SkReuseport,           [NotNamed, SkReuseportSelect, SkReuseportSelectOrMigrate],           ContextTables.SkReuseport["sk_reuseport"],    ReturnTables.SkReuseport),
        new(ProgramType.FlowDissector,         [],                                                                  SkBuff["flow_dissector"],                     ReturnTables.FlowDissector),
        new(ProgramType.CgroupSysctl,          [],                                                                  Sysctl["cgroup_sysctl"],                      ReturnTables.CgroupPermission),
        new(ProgramType.RawTracepointWritable, [],                                                                  WritableArguments["raw_tracepoint_writable"], ReturnTables.Ignored),
        new(ProgramType.CgroupSockopt,         [CgroupGetsockopt],                                                  Sockopt["getsockopt"],                        ReturnTables.CgroupPermission),
        new(ProgramType.CgroupSockopt,         [CgroupSetsockopt],                                                  Sockopt["setsockopt"],                        ReturnTables.CgroupPermission),
        new(ProgramType.Tracing,               [TraceRawTp],                                                        BtfArguments["btf"],                          ReturnTables.Ignored),
        new(ProgramType.Tracing,               [TraceFentry, TraceFexit],                                           BtfArguments["btf"],                          ReturnTables.Trampoline, CanSleep: true),
        new(ProgramType.Tracing,               [ModifyReturn],                                                      BtfArguments["btf"],                          ReturnTables.ModifyReturn, CanSleep: true),
        new(ProgramType.Tracing,               [TraceIter],                                                         BtfArguments["btf"],                          ReturnTables.Iterator, CanSleep: true),
        new(ProgramType.StructOps,             [NotNamed],                                                          DummyArguments["test_1"],                     ReturnTables.Member),
        new(ProgramType.StructOps,             [CgroupInetEgress],                                                  DummyArguments["test_2"],                     ReturnTables.Member),
        new(ProgramType.StructOps,             [CgroupInetSockCreate],                                              DummyArguments["test_sleepable"],             ReturnTables.Member, CanSleep: true),
        new(ProgramType.Lsm,                   [LsmMac],                                                            BtfArguments["btf"],                          ReturnTables.Lsm, CanSleep: true),
        new(ProgramType.Lsm,                   [LsmCgroup],                                                         BtfArguments["btf"],                          ReturnTables.CgroupPermission, CanSleep: true),
        new(ProgramType.SkLookup,              [AttachType.SkLookup],                                               ContextTables.SkLookup["sk_lookup"],          ReturnTables.SkLookup),
        new(ProgramType.Syscall,               [NotNamed],                                                          SyscallArguments["syscall"],                  ReturnTables.Syscall, CanSleep: true),
        new(ProgramType.Netfilter,             [AttachType.Netfilter],                                              NfContext["netfilter"],                       ReturnTables.Netfilter),
    ];

    /// <summary>What a load names that was not told: the number 0 where the type takes it, else the first that the type takes.</summary>
    public static AttachType Named(ProgramType type, AttachType attachType)
    {
        if (attachType != NotNamed || Find(type, NotNamed) is not null) return attachType;
        foreach (ProgramHook row in Rows)
        {
            if (row.Type == type) return row.AttachTypes[0]; // one that took any would have taken 0
        }

        return attachType;
    }

    /// <summary>The row for a load; <c>null</c>: the kernel takes no such attach type, or the type has no row.</summary>
    public static ProgramHook? Find(ProgramType type, AttachType attachType)
    {
        foreach (ProgramHook row in Rows)
        {
            if (row.Type == type && row.Takes(attachType)) return row;
        }

        return null;
    }
}
