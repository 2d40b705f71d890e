using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>An event of a TCP socket: <c>struct bpf_sock_ops</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 224)]
public struct SockOps : IContext
{
    [FieldOffset(0)] public uint Op;
    [FieldOffset(4)] public uint Reply;
    [FieldOffset(4)] public Words4 Args;
    [FieldOffset(4)] public Words4 Replylong;
    [FieldOffset(20)] public uint Family;
    [FieldOffset(24)] public uint RemoteIp4;
    [FieldOffset(28)] public uint LocalIp4;
    [FieldOffset(32)] public Words4 RemoteIp6;
    [FieldOffset(48)] public Words4 LocalIp6;
    [FieldOffset(64)] public uint RemotePort;
    [FieldOffset(68)] public uint LocalPort;
    [FieldOffset(72)] public uint IsFullsock;
    [FieldOffset(76)] public uint SndCwnd;
    [FieldOffset(80)] public uint SrttUs;
    [FieldOffset(84)] public uint BpfSockOpsCbFlags;
    [FieldOffset(88)] public uint State;
    [FieldOffset(92)] public uint RttMin;
    [FieldOffset(96)] public uint SndSsthresh;
    [FieldOffset(100)] public uint RcvNxt;
    [FieldOffset(104)] public uint SndNxt;
    [FieldOffset(108)] public uint SndUna;
    [FieldOffset(112)] public uint MssCache;
    [FieldOffset(116)] public uint EcnFlags;
    [FieldOffset(120)] public uint RateDelivered;
    [FieldOffset(124)] public uint RateIntervalUs;
    [FieldOffset(128)] public uint PacketsOut;
    [FieldOffset(132)] public uint RetransOut;
    [FieldOffset(136)] public uint TotalRetrans;
    [FieldOffset(140)] public uint SegsIn;
    [FieldOffset(144)] public uint DataSegsIn;
    [FieldOffset(148)] public uint SegsOut;
    [FieldOffset(152)] public uint DataSegsOut;
    [FieldOffset(156)] public uint LostOut;
    [FieldOffset(160)] public uint SackedOut;
    [FieldOffset(164)] public uint SkTxhash;
    [FieldOffset(168)] public ulong BytesReceived;
    [FieldOffset(176)] public ulong BytesAcked;
    [FieldOffset(208)] public uint SkbLen;
    [FieldOffset(212)] public uint SkbTcpFlags;
    [FieldOffset(216)] public ulong SkbHwtstamp;

    public static ContextLayout Layout => ContextTables.SockOps;
}
