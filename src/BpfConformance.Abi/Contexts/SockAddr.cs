using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>An address that user space gave, or is to be given: <c>struct bpf_sock_addr</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
public struct SockAddr : IContext
{
    [FieldOffset(0)] public uint UserFamily;
    [FieldOffset(4)] public uint UserIp4;
    [FieldOffset(8)] public Words4 UserIp6;
    [FieldOffset(24)] public uint UserPort;
    [FieldOffset(28)] public uint Family;
    [FieldOffset(32)] public uint Type;
    [FieldOffset(36)] public uint Protocol;
    [FieldOffset(40)] public uint MsgSrcIp4;
    [FieldOffset(44)] public Words4 MsgSrcIp6;

    public static ContextLayout Layout => ContextTables.SockAddr;
}
