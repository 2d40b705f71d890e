using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>A socket: <c>struct bpf_sock</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 80)]
public struct Sock : IContext
{
    [FieldOffset(0)] public uint BoundDevIf;
    [FieldOffset(4)] public uint Family;
    [FieldOffset(8)] public uint Type;
    [FieldOffset(12)] public uint Protocol;
    [FieldOffset(16)] public uint Mark;
    [FieldOffset(20)] public uint Priority;
    [FieldOffset(24)] public uint SrcIp4;
    [FieldOffset(28)] public Words4 SrcIp6;
    [FieldOffset(44)] public uint SrcPort;
    [FieldOffset(48)] public ushort DstPort;
    [FieldOffset(52)] public uint DstIp4;
    [FieldOffset(56)] public Words4 DstIp6;
    [FieldOffset(72)] public uint State;
    [FieldOffset(76)] public uint RxQueueMapping;

    public static ContextLayout Layout => ContextTables.Sock;
}
