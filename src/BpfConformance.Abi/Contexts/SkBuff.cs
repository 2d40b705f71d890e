using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>A packet on its way through the network stack: <c>struct __sk_buff</c>. Its bytes are the input's.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
public struct SkBuff : IContext
{
    [FieldOffset(0)] public uint Len;
    [FieldOffset(4)] public uint PktType;
    [FieldOffset(8)] public uint Mark;
    [FieldOffset(12)] public uint QueueMapping;
    [FieldOffset(16)] public uint Protocol;
    [FieldOffset(20)] public uint VlanPresent;
    [FieldOffset(24)] public uint VlanTci;
    [FieldOffset(28)] public uint VlanProto;
    [FieldOffset(32)] public uint Priority;
    [FieldOffset(36)] public uint IngressIfindex;
    [FieldOffset(40)] public uint Ifindex;
    [FieldOffset(44)] public uint TcIndex;
    [FieldOffset(48)] public Words5 Cb;
    [FieldOffset(68)] public uint Hash;
    [FieldOffset(72)] public uint TcClassid;
    [FieldOffset(84)] public uint NapiId;
    [FieldOffset(88)] public uint Family;
    [FieldOffset(92)] public uint RemoteIp4;
    [FieldOffset(96)] public uint LocalIp4;
    [FieldOffset(100)] public Words4 RemoteIp6;
    [FieldOffset(116)] public Words4 LocalIp6;
    [FieldOffset(132)] public uint RemotePort;
    [FieldOffset(136)] public uint LocalPort;
    [FieldOffset(152)] public ulong Tstamp;
    [FieldOffset(160)] public uint WireLen;
    [FieldOffset(164)] public uint GsoSegs;
    [FieldOffset(176)] public uint GsoSize;
    [FieldOffset(180)] public byte TstampType;
    [FieldOffset(184)] public ulong Hwtstamp;

    public static ContextLayout Layout => ContextTables.SkBuff;
}
