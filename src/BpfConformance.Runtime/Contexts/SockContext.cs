using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// A socket that is made, bound or released: one of UDP, where the case says nothing else; and connected, where it has a peer (net/core/filter.c,
/// 6.18, <c>bpf_sock_convert_ctx_access</c>).
/// </summary>
internal static class SockContext
{

    private static readonly ContextField s_family = ContextTables.Sock.Field("family");
    private static readonly ContextField s_type = ContextTables.Sock.Field("type");
    private static readonly ContextField s_protocol = ContextTables.Sock.Field("protocol");
    private static readonly ContextField s_peerPort = ContextTables.Sock.Field("dst_port");
    private static readonly ContextField s_state = ContextTables.Sock.Field("state");
    private static readonly ContextField s_queue = ContextTables.Sock.Field("rx_queue_mapping");

    public static void Complete(ContextBytes context, ContextView view)
    {
        context.SetMissing(s_family, view.Name == "post_bind6" ? AddressFamilies.InterNetwork6 : AddressFamilies.InterNetwork);
        context.SetMissing(s_type, SocketTypes.Datagram);
        context.SetMissing(s_protocol, SocketTypes.ProtocolOf(context.Word(s_type)));
        context.SetMissing(s_state, context[s_peerPort].ContainsAnyExcept((byte)0) ? SocketStates.Established : SocketStates.Closed);
        context.SetMissing(s_queue, uint.MaxValue); // of no queue
    }
}
