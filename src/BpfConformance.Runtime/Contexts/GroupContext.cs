using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// A datagram that is for sockets which share a port (net/core/filter.c, 6.18, <c>bpf_init_reuseport_kern</c>): its hash follows from a secret of the
/// kernel's own, and the socket is whichever was found first.
/// </summary>
internal static unsafe class GroupContext
{
    private static readonly ContextField s_len = ContextTables.SkReuseport.Field("len");
    private static readonly ContextField s_protocol = ContextTables.SkReuseport.Field("eth_protocol");
    private static readonly ContextField s_ipProtocol = ContextTables.SkReuseport.Field("ip_protocol");
    private static readonly ContextField s_isBoundToAny = ContextTables.SkReuseport.Field("bind_inany");
    private static readonly ContextField s_hash = ContextTables.SkReuseport.Field("hash");

    /// <summary>The packet is there, from its UDP header on.</summary>
    public static void Complete(Machine* m)
    {
        const uint Hash = 0x5bd1e995;
        Region* region = m->Regions + Regions.Context;
        var context = new ContextBytes(region);
        context.SetWord(s_len, m->Regions[Regions.Data].Length);
        context.SetWord(s_protocol, EtherTypes.Ip4);
        context.SetWord(s_ipProtocol, SocketTypes.Udp);
        context.SetWord(s_isBoundToAny, 1);
        context.SetWord(s_hash, Hash);
        if (region->Shadow != null) new Span<byte>(region->Shadow + s_hash.Offset, s_hash.SizeBytes).Fill(ByteShadow.Volatile);
        SocketFields.Show(m->Regions + Regions.Socket, NetworkPlace.First);
    }
}
