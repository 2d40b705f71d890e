namespace BpfConformance.Abi.Programs;

/// <summary>How programs of a type see a packet.</summary>
public static class PacketRules
{
    /// <summary>Of the link layer's header (include/uapi/linux/if_ether.h, ETH_HLEN).</summary>
    public const int LinkHeaderBytes = 14;

    private const ProgramTypes BehindLinkHeader = ProgramTypes.SocketFilter | ProgramTypes.CgroupSkb | ProgramTypes.Lwt;

    private const ProgramTypes WithLegacyLoads = ProgramTypes.SocketFilter | ProgramTypes.Tc;

    private const ProgramTypes ReadOnly = ProgramTypes.SocketFilter | ProgramTypes.CgroupSkb | ProgramTypes.LwtIn | ProgramTypes.LwtOut
        | ProgramTypes.LwtSeg6Local | ProgramTypes.SkReuseport | ProgramTypes.FlowDissector;

    /// <summary>Whether its first byte is that of the network layer (net/bpf/test_run.c, 6.18, <c>bpf_prog_test_run_skb</c>).</summary>
    public static bool StartsBehindLinkHeader(ProgramType type) => BehindLinkHeader.Has(type);

    /// <summary>Whether it may be written through pointers (kernel/bpf/verifier.c, 6.18, <c>may_access_direct_pkt_data</c>).</summary>
    public static bool CanBeWritten(ProgramType type) => type != ProgramType.Unspecified && !ReadOnly.Has(type);

    /// <summary>Whether the loads that classic BPF left behind are there (kernel/bpf/verifier.c, 6.18, <c>may_access_skb</c>).</summary>
    public static bool HasLegacyLoads(ProgramType type) => WithLegacyLoads.Has(type);
}
