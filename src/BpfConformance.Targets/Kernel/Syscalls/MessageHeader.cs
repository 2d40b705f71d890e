using System.Runtime.InteropServices;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary><c>struct msghdr</c> (include/linux/socket.h, 6.18, as user space has it on 64-bit processors).</summary>
[StructLayout(LayoutKind.Explicit, Size = 56)]
internal unsafe struct MessageHeader
{
    [FieldOffset(0)] public byte* Address;
    [FieldOffset(8)] public uint AddressBytes;

    /// <summary>An array of <c>struct iovec</c>: an address and a length, each of eight bytes.</summary>
    [FieldOffset(16)] public nuint* Parts;

    [FieldOffset(24)] public nuint PartCount;
    [FieldOffset(32)] public byte* Control;
    [FieldOffset(40)] public nuint ControlBytes;
}
