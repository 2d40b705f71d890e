using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>A packet that is for sockets which share a port, from its UDP header on: a program chooses one, and changes nothing.</summary>
/// <param name="packet">The packet.</param>
internal sealed unsafe class LiveDatagram(LivePacket packet) : ILiveData
{
    public int HiddenBytes => DatagramLayout.LinkBytes + DatagramLayout.Ip4Bytes;

    public void Show(Machine* m, bool isSkBuff)
    {
        Region* data = m->Regions + Regions.Data;
        if (data->Shadow != null) packet.Shadow.CopyTo(new Span<byte>(data->Shadow - HiddenBytes, packet.Shadow.Length));
        m->Packet.NetworkHeader = DatagramLayout.LinkBytes - HiddenBytes;
        GroupContext.Complete(m);
    }
}
