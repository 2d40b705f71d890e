using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>A device that is made or opened: <c>struct bpf_cgroup_dev_ctx</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 12)]
public struct CgroupDevice : IContext
{
    [FieldOffset(0)] public uint AccessType;
    [FieldOffset(4)] public uint Major;
    [FieldOffset(8)] public uint Minor;

    public static ContextLayout Layout => ContextTables.CgroupDevice;
}
