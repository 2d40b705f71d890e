using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// A packet at its driver, as TEST_RUN makes it (net/bpf/test_run.c, 6.18, <c>bpf_prog_test_run_xdp</c>): before it can lie metadata, as
/// long as <c>data</c> of the given context says.
/// </summary>
internal static unsafe class XdpContext
{
    private static readonly ContextField s_data = ContextTables.XdpMd.Field("data");
    private static readonly ContextField s_dataEnd = ContextTables.XdpMd.Field("data_end");
    private static readonly ContextField s_ingress = ContextTables.XdpMd.Field("ingress_ifindex");

    public static void Complete(Machine* m, ContextBytes context)
    {
        uint bytes = m->Regions[Regions.Data].Length;
        m->PacketMetaBytes = Math.Min(context.Word(s_data), bytes);
        context.SetWord(s_data, m->PacketMetaBytes);
        context.SetWord(s_dataEnd, bytes);
        context.SetMissing(s_ingress, Devices.Loopback);
        if (m->Packet.TailRoom > 0) OpenRoom(m, bytes);
    }

    /// <summary>The packet was made longer or shorter, or its metadata.</summary>
    public static void Follow(Machine* m)
    {
        var context = new ContextBytes(m->Regions + Regions.Context);
        context.SetWord(s_data, m->PacketMetaBytes);
        context.SetWord(s_dataEnd, m->Regions[Regions.Data].Length);
    }

    /// <summary>What lies before the packet is zero. The packet begins at the same distance from its page's start whether it has metadata or not.</summary>
    private static void OpenRoom(Machine* m, uint bytes)
    {
        const int FreeBytes = PacketGrowth.XdpHeadRoom - PacketGrowth.XdpFrameBytes;
        Region* packet = m->Regions + Regions.Data;
        m->Packet.HeadRoom = (uint)Math.Max(FreeBytes - (int)m->PacketMetaBytes, 0);
        m->Packet.TailRoom = (uint)Math.Max(PacketGrowth.MaxXdpBytes - (int)(bytes - m->PacketMetaBytes), 0);
        new Span<byte>(packet->Base - m->Packet.HeadRoom, (int)m->Packet.HeadRoom).Clear();
        if (packet->Shadow != null) new Span<byte>(packet->Shadow - m->Packet.HeadRoom, (int)m->Packet.HeadRoom).Fill(ByteShadow.Scalar);
    }
}
