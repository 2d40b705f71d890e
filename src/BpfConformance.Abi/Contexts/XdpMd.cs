using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>A packet as its driver received it: <c>struct xdp_md</c>. Its bytes are the input's.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct XdpMd : IContext
{
    [FieldOffset(12)] public uint IngressIfindex;
    [FieldOffset(16)] public uint RxQueueIndex;
    [FieldOffset(20)] public uint EgressIfindex;

    public static ContextLayout Layout => ContextTables.XdpMd;
}
