using System.Runtime.InteropServices;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>The kernel's struct bpf_prog_info (include/uapi/linux/bpf.h, 6.18), up to what a load took; a kernel before 5.16 (commit aba64c7da983) leaves that zero.</summary>
[StructLayout(LayoutKind.Explicit, Size = 224)]
internal struct ProgramInfo
{
    /// <summary>0 also where programs are interpreted, and of who may not see code.</summary>
    [FieldOffset(16)] public uint CodeBytes;

    [FieldOffset(216)] public uint VerifiedInstructions;

    public readonly LoadCost Cost => new(VerifiedInstructions > 0 ? VerifiedInstructions : null, CodeBytes > 0 ? CodeBytes : null);

    /// <summary>That of a program; zeros: there is none.</summary>
    public static unsafe ProgramInfo Of(FileDescriptor descriptor)
    {
        ProgramInfo info = default;
        var attributes = new ObjectInfoAttributes { Fd = descriptor.Number, Info = (uint*)&info, InfoBytes = (uint)sizeof(ProgramInfo) };
        return Bpf.Call(BpfCommand.ObjGetInfoByFd, ref attributes) < 0 ? default : info;
    }
}
