using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>A sysctl that is read or written: <c>struct bpf_sysctl</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct Sysctl : IContext
{
    [FieldOffset(0)] public uint Write;
    [FieldOffset(4)] public uint FilePos;

    public static ContextLayout Layout => ContextTables.Sysctl;
}
