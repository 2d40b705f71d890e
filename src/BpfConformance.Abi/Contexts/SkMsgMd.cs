using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>A message that user space sends: <c>struct sk_msg_md</c>. Its bytes are the input's.</summary>
[StructLayout(LayoutKind.Explicit, Size = 80)]
public struct SkMsgMd : IContext
{
    [FieldOffset(16)] public uint Family;
    [FieldOffset(20)] public uint RemoteIp4;
    [FieldOffset(24)] public uint LocalIp4;
    [FieldOffset(28)] public Words4 RemoteIp6;
    [FieldOffset(44)] public Words4 LocalIp6;
    [FieldOffset(60)] public uint RemotePort;
    [FieldOffset(64)] public uint LocalPort;
    [FieldOffset(68)] public uint Size;

    public static ContextLayout Layout => ContextTables.SkMsg;
}
