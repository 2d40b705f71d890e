using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>A packet for which a socket is looked for: <c>struct bpf_sk_lookup</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
public struct SkLookup : IContext
{
    [FieldOffset(0)] public ulong Cookie;
    [FieldOffset(8)] public uint Family;
    [FieldOffset(12)] public uint Protocol;
    [FieldOffset(16)] public uint RemoteIp4;
    [FieldOffset(20)] public Words4 RemoteIp6;
    [FieldOffset(36)] public ushort RemotePort;
    [FieldOffset(40)] public uint LocalIp4;
    [FieldOffset(44)] public Words4 LocalIp6;
    [FieldOffset(60)] public uint LocalPort;
    [FieldOffset(64)] public uint IngressIfindex;

    public static ContextLayout Layout => ContextTables.SkLookup;
}
