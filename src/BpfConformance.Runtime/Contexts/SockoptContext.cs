using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>An option of a UDP socket that is set, or was got; it is as long as the data, where the case says nothing else.</summary>
internal static unsafe class SockoptContext
{
    private static readonly ContextField s_length = ContextTables.Sockopt.Field("optlen");
    private static readonly ContextField s_retval = ContextTables.Sockopt.Field("retval");

    public static void Complete(Machine* m, ContextBytes context)
    {
        context.SetMissing(s_length, m->Regions[Regions.Data].Length);
        SocketBytes.Open(m, AddressFamilies.InterNetwork, SocketTypes.Datagram, SocketTypes.Udp);
    }

    /// <summary>What the call is to return; programs that see an option which is set have no access to the field, and the same place in it.</summary>
    public static GuestBytes CallResult(Machine* m)
    {
        Region* context = m->Regions + Regions.Context;
        return new GuestBytes(context->Base + s_retval.Offset, context->Shadow == null ? null : context->Shadow + s_retval.Offset);
    }
}
