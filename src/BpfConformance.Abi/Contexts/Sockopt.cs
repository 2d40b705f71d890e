using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>A socket option that is set, or was got: <c>struct bpf_sockopt</c>. Its value is the input's bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
public struct Sockopt : IContext
{
    [FieldOffset(24)] public uint Level;
    [FieldOffset(28)] public uint Optname;
    [FieldOffset(32)] public uint Optlen;
    [FieldOffset(36)] public uint Retval;

    public static ContextLayout Layout => ContextTables.Sockopt;
}
