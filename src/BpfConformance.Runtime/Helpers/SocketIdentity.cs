using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What is to be known of sockets (net/core/filter.c, 6.18). Cookies are each machine's own: here they count from 1, and there is one of each kind.</summary>
internal static unsafe class SocketIdentity
{
    private const long Cookie = 1;

    /// <summary>The user of what has no socket: nobody (kernel/sys.c, <c>overflowuid</c>).</summary>
    private const long NoUser = 65534;

    /// <summary>Whether the context leads to a socket.</summary>
    public static bool IsThere(Machine* m) => m->Regions[Regions.Socket].Fields != null;

    /// <summary>Whether an address is that socket's.</summary>
    public static bool IsAt(Machine* m, ulong address) => IsThere(m) && address == m->Regions[Regions.Socket].Start;

    /// <summary>r1 is a context that is, or leads to, a socket; or a socket, which may be none.</summary>
    public static FaultKind GetSocketCookie(Machine* m)
    {
        ulong address = m->Registers[1];
        return Packet.HasContext(m) ? Packet.Done(m, Packet.IsSkBuff(m) && !IsThere(m) ? 0 : Cookie)
            : address == 0 || IsAt(m, address) ? Packet.Done(m, address == 0 ? 0 : Cookie)
            : FaultKind.InvalidPointer;
    }

    /// <summary>Those of a case are root's.</summary>
    public static FaultKind GetSocketUid(Machine* m) => Packet.IsSkBuff(m) ? Packet.Done(m, IsThere(m) ? 0 : NoUser) : FaultKind.InvalidPointer;

    /// <summary>r1 is the context, or null: then it is the first network.</summary>
    public static FaultKind GetNetnsCookie(Machine* m) =>
        m->Registers[1] == 0 || Packet.HasContext(m) ? Packet.Done(m, Cookie) : FaultKind.InvalidPointer;
}
