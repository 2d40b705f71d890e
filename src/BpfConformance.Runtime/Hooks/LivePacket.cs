using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// A packet on its way: its bytes from the link header on, and what the network stack knows of it, as fields of a <c>__sk_buff</c>. A program
/// sees it as it is then, and what a program leaves in it goes on with it.
/// </summary>
/// <param name="maxBytes">As long as it can become.</param>
public sealed unsafe partial class LivePacket(int maxBytes) : ILiveData
{
    private const uint MaxHeadRoom = PacketGrowth.MostHeadRoom - PacketGrowth.XdpFrameBytes;

    private readonly byte[] _bytes = new byte[maxBytes];
    private readonly byte[] _shadow = new byte[maxBytes];
    private readonly byte[] _fields = new byte[ContextTables.SkBuff.SizeBytes];
    private readonly byte[] _fieldShadow = new byte[ContextTables.SkBuff.SizeBytes];
    private readonly PacketMeta _meta = new();
    private readonly byte[] _xdpFields = new byte[ContextTables.XdpMd.SizeBytes];
    private int _length;
    private NetworkPlace _socket;

    /// <summary>Whose socket it has when it is not of the host.</summary>
    private StoredObject _wire;

    /// <summary>Whether it has no socket at all.</summary>
    private bool _isOrphan;

    /// <summary>What helpers know of it; the network header as bytes from the link header on.</summary>
    private PacketState _state;

    /// <summary>From the link header on.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>One <see cref="ByteShadow"/> for each.</summary>
    public Span<byte> Shadow => _shadow.AsSpan(0, _length);

    /// <summary>Bytes before those that the next program sees.</summary>
    public int HiddenBytes { get; set; }

    /// <summary>The device that it is at.</summary>
    public NetworkDevice Device { get; set; } = CaseNetwork.Devices[0];

    /// <summary>The socket of the host that it belongs to; 0: it belongs to the descriptor that is the wire, which is a kind of socket, too (drivers/net/tun.c, 6.18).</summary>
    public NetworkPlace Socket
    {
        get => _socket;
        set => (_socket, _isOrphan) = (value, false);
    }

    /// <summary>Whether a program has given it that socket, before anybody has looked for one.</summary>
    public bool HasChosenSocket { get; private set; }

    /// <summary>Whether it is where tc sees what comes in.</summary>
    public bool IsAtIngress { get; set; }

    /// <summary>Bytes of metadata that a program of XDP has put before it.</summary>
    public int MetaBytes => _meta.Length;

    /// <summary>Whether it is to be put into something.</summary>
    public bool HasTunnel => _state.HasTunnel;

    /// <summary>Whether helpers have put something before the network header, or around it.</summary>
    public bool IsRearranged => _state.NetworkHeader != PacketRules.LinkHeaderBytes || _state.IsEncapsulated;

    /// <summary>A field of four bytes, or the first four of a longer one.</summary>
    public uint this[ContextField field]
    {
        get => BitConverter.ToUInt32(_fields, field.Offset);
        set => BitConverter.TryWriteBytes(_fields.AsSpan(field.Offset), value);
    }

    /// <summary>What a program of XDP is given of its context.</summary>
    internal ReadOnlySpan<byte> XdpFields => _xdpFields;

    /// <summary>Another packet, of which nothing is known but its bytes.</summary>
    public void Begin(ReadOnlySpan<byte> frame, NetworkDevice device)
    {
        (Device, Socket, HasChosenSocket, HiddenBytes) = (device, default, false, 0);
        _wire = device == CaseNetwork.DeviceAt(NetworkPlace.Left) ? StoredObject.LeftWire : StoredObject.RightWire;
        _meta.Clear();
        _state = new PacketState
        {
            NetworkHeader = PacketRules.LinkHeaderBytes,
            HeaderBytes = HeaderBytesOf(frame),
            ChecksumLevel = -1,
            HeadRoom = MaxHeadRoom,
            TailRoom = TailRoomOf(frame.Length),
            IsOnItsWay = true,
        };
        Array.Clear(_xdpFields);
        SetXdpField("ingress_ifindex", device);
        _length = frame.Length;
        frame.CopyTo(_bytes);
        Shadow.Fill(ByteShadow.Scalar);
        Array.Clear(_fields);
        Array.Fill(_fieldShadow, ByteShadow.Scalar);
    }

    /// <inheritdoc/>
    public void Show(Machine* m, bool isSkBuff)
    {
        Region* packet = m->Regions + Regions.Data;
        Region* context = m->Regions + Regions.Context;
        if (packet->Shadow != null) Shadow.CopyTo(new Span<byte>(packet->Shadow - HiddenBytes, _length));
        if (HiddenBytes == 0) _meta.Show(m);
        if (!isSkBuff)
        {
            if (m->Packet.TailRoom > 0) ShowRoom(m, packet);
            return;
        }

        m->Packet = _state with
        {
            NetworkHeader = _state.NetworkHeader - HiddenBytes,
            LinkHeader = _state.LinkHeader - HiddenBytes,
            HeadRoom = m->Packet.HeadRoom,
            TailRoom = m->Packet.TailRoom,
            IsAtIngress = IsAtIngress,
            IsOutside = Socket == default,
        };
        _fields.CopyTo(new Span<byte>(context->Base, _fields.Length));
        if (context->Shadow != null) _fieldShadow.CopyTo(new Span<byte>(context->Shadow, _fields.Length));
        SkBuffContext.Follow(m);
        Region* socket = m->Regions + Regions.Socket;
        if (_isOrphan) socket->CloseFields();
        else if (Socket == default) SocketFields.ShowWire(socket);
        else SocketFields.ShowCommon(socket, Socket);
        m->Socket = Socket == default ? _wire : StoredObjects.Of(Socket);
    }

    /// <summary>Takes over what a program has left of it.</summary>
    internal void Follow(MachineMemory memory, bool isSkBuff)
    {
        _meta.Follow(memory);
        memory.Data[MetaBytes..].CopyTo(_bytes);
        _length = memory.Data.Length - MetaBytes;
        if (memory.IsTracked) memory.DataShadow[MetaBytes..].CopyTo(_shadow);
        else Shadow.Fill(ByteShadow.Scalar); // nothing is known of what a program has moved or made longer
        _state = memory.Machine->Packet;
        if (isSkBuff) (_state.NetworkHeader, _state.LinkHeader) = (_state.NetworkHeader + HiddenBytes, _state.LinkHeader + HiddenBytes);
        if (!isSkBuff)
        {
            (_state.IsOnItsWay, _state.HeaderBytes) = (true, HeaderBytesOf(Bytes)); // of which a program at the driver knows nothing
            return;
        }

        if (memory.Machine->Choice.IsMade) (Socket, HasChosenSocket) = (memory.Machine->Choice.Socket, true);
        memory.Context.CopyTo(_fields);
        if (memory.IsTracked) memory.ContextShadow.CopyTo(_fieldShadow);
    }

    /// <summary>A tap device makes a buffer whose end is a multiple of a cache line (drivers/net/tun.c, 6.18, <c>tun_build_skb</c>).</summary>
    private static uint TailRoomOf(int frameBytes)
    {
        const int LineBytes = 64;
        return (uint)(-frameBytes & (LineBytes - 1));
    }

    /// <summary>How far the kernel's look into the frame may go (net/core/flow_dissector.c, 6.18): beyond IPv4 it is not followed here.</summary>
    private static uint HeaderBytesOf(ReadOnlySpan<byte> frame)
    {
        bool isIp4 = frame.Length > DatagramLayout.LinkBytes && new PacketHeaders(frame).Protocol == EtherTypes.Ip4;
        return isIp4 ? (uint)(DatagramLayout.LinkBytes + ((frame[DatagramLayout.LinkBytes] & 0xf) * sizeof(uint)) + DatagramLayout.UdpBytes) : (uint)frame.Length;
    }

    /// <summary>What lies before a frame is whatever lay there.</summary>
    private void ShowRoom(Machine* m, Region* packet)
    {
        (m->Packet.HeadRoom, m->Packet.TailRoom) = (_state.HeadRoom, _state.TailRoom);
        if (packet->Shadow != null) new Span<byte>(packet->Shadow - _state.HeadRoom, (int)_state.HeadRoom).Fill(ByteShadow.Volatile);
    }

    private void SetXdpField(string name, NetworkDevice device) =>
        BitConverter.TryWriteBytes(_xdpFields.AsSpan(ContextTables.XdpMd.Field(name).Offset), device.Index);
}
