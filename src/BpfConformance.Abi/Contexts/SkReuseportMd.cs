using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>A packet for which one socket of a group is to be chosen: <c>struct sk_reuseport_md</c>. Its bytes are the input's.</summary>
[StructLayout(LayoutKind.Explicit, Size = 56)]
public struct SkReuseportMd : IContext
{
    [FieldOffset(16)] public uint Len;
    [FieldOffset(20)] public uint EthProtocol;
    [FieldOffset(24)] public uint IpProtocol;
    [FieldOffset(28)] public uint BindInany;
    [FieldOffset(32)] public uint Hash;

    public static ContextLayout Layout => ContextTables.SkReuseport;
}
