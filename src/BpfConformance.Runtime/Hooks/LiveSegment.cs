using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// What a socket of TCP has received, before it is user space's: all of it lies in fragments, where no pointer reaches it. Sequence numbers, in
/// <c>cb</c>, and hashes are a machine's own.
/// </summary>
/// <param name="bytes">The payload.</param>
/// <param name="socket">Which has received it.</param>
internal sealed unsafe class LiveSegment(StreamBytes bytes, HostSocket socket) : ILiveData
{
    private const uint Loopback = CaseNetwork.Loopback;

    private static readonly string[] s_own = ["cb", "hash", "napi_id", "queue_mapping", "gso_segs"];

    public int HiddenBytes => 0;

    public void Show(Machine* m, bool isSkBuff)
    {
        Region* data = m->Regions + Regions.Data;
        Region* region = m->Regions + Regions.Context;
        if (data->Shadow != null) bytes.Shadow.Span.CopyTo(new Span<byte>(data->Shadow, bytes.Length));
        m->Packet.FragmentBytes = (uint)bytes.Length;
        m->Packet.IsSegment = true;
        Packet.MoveWindow(m, 0, 0);
        var context = new ContextBytes(region);
        context.All.Clear();
        SkBuffContext.Follow(m);
        SkBuffContext.SetProtocol(m, EtherTypes.Ip4);
        context.SetWord(ContextTables.SkBuff.Field("ingress_ifindex"), Loopback);
        StreamAddresses.Put(context, ContextTables.SkBuff, socket.Place);
        foreach (ContextField field in s_own.Select(ContextTables.SkBuff.Field))
        {
            if (region->Shadow != null) new Span<byte>(region->Shadow + field.Offset, field.SizeBytes).Fill(ByteShadow.Volatile);
        }

        StreamAddresses.ShowSocket(m->Regions + Regions.Socket, socket.Place);
    }

    /// <summary>The bytes as the program has left them.</summary>
    public static StreamBytes Left(MachineMemory memory)
    {
        Machine* m = memory.Machine;
        GuestBytes left = Packet.At(m, 0);
        int length = (int)Packet.Length(m);
        var plain = StreamBytes.Plain(left.AsSpan(length));
        return memory.IsTracked ? plain with { Shadow = new ReadOnlySpan<byte>(left.Shadow, length).ToArray() } : plain;
    }
}
