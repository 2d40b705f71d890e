using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Btf;
using BpfConformance.Targets.Kernel.Probes;

namespace BpfConformance.Targets.Kernel;

/// <summary>The table of program types (include/uapi/linux/bpf.h, net/bpf/test_run.c, 6.18).</summary>
internal static class AttachPoints
{
    /// <summary>Why programs whose loads name a function are not loaded.</summary>
    public const string WhyNoFunction = "a load names a function of the kernel or of another program, and cases name none";

    private const int Packet = 64;

    public static IReadOnlyList<AttachPoint> Rows { get; } =
    [
        new(ProgramType.SocketFilter,          "3.19", DataBytes: Packet, RunSince: "4.12"),
        new(ProgramType.Kprobe,                "4.1"),
        new(ProgramType.SchedCls,              "4.1",  DataBytes: Packet, RunSince: "4.12"),
        new(ProgramType.SchedAct,              "4.1",  DataBytes: Packet, RunSince: "4.12"),
        new(ProgramType.Tracepoint,            "4.7"),
        new(ProgramType.Xdp,                   "4.8",  DataBytes: Packet, RunSince: "4.12"),
        new(ProgramType.PerfEvent,             "4.9"),
        new(ProgramType.CgroupSkb,             "4.10", DataBytes: Packet, RunSince: "4.12"),
        new(ProgramType.CgroupSock,            "4.10"),
        new(ProgramType.LwtIn,                 "4.10", DataBytes: Packet, RunSince: "4.12"),
        new(ProgramType.LwtOut,                "4.10", DataBytes: Packet, RunSince: "4.12"),
        new(ProgramType.LwtXmit,               "4.10", DataBytes: Packet, RunSince: "4.12"),
        new(ProgramType.SockOps,               "4.13"),
        new(ProgramType.SkSkb,                 "4.14"),
        new(ProgramType.CgroupDevice,          "4.15"),
        new(ProgramType.SkMsg,                 "4.17"),
        new(ProgramType.RawTracepoint,         "4.17", RunSince: "5.10"),
        new(ProgramType.CgroupSockAddr,        "4.17"),
        new(ProgramType.LwtSeg6Local,          "4.18"),
        new(ProgramType.LircMode2,             "4.18"),
        new(ProgramType.SkReuseport,           "4.19"),
        new(ProgramType.FlowDissector,         "4.20", DataBytes: Packet, RunSince: "5.1"),
        new(ProgramType.CgroupSysctl,          "5.2"),
        new(ProgramType.RawTracepointWritable, "5.2"),
        new(ProgramType.CgroupSockopt,         "5.3"),
        new(ProgramType.Tracing,               "5.5",  Target: KernelType.OfTracepoint(UnknownOption.Tracepoint)),
        new(ProgramType.StructOps,             "5.6",  ContextBytes: 8, RunSince: "5.16", Target: new(BtfKind.Struct, "bpf_dummy_ops")),
        new(ProgramType.Ext,                   "5.6",  NamesFunction: true),
        new(ProgramType.Lsm,                   "5.7",  NamesFunction: true),
        new(ProgramType.SkLookup,              "5.9",  ContextBytes: 64, RunSince: "5.13"),
        new(ProgramType.Syscall,               "5.14", Flags: ProgramFlags.Sleepable, RunSince: "5.14"),
        new(ProgramType.Netfilter,             "6.4",  DataBytes: Packet, RunSince: "6.4"),
    ];

    private static readonly Dictionary<ProgramType, AttachPoint> s_byType = Rows.ToDictionary(row => row.Type);

    /// <summary>The kernel's type for a program: one without a hook is run as a raw tracepoint, which takes any r0 and no data.</summary>
    public static AttachPoint Of(ProgramType type) =>
        s_byType[type == ProgramType.Unspecified ? ProgramType.RawTracepoint : type];

    /// <summary>What a program says of itself, and what its type must have beside.</summary>
    public static AttachPoint Of(BpfProgram program, ProgramPart part)
    {
        AttachPoint row = Of(part.Type);
        return row with { AttachType = part.NamedAttachType, Flags = row.Flags | program.Flags, License = program.License };
    }
}
