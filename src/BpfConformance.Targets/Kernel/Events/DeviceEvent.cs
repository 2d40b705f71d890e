using System.Text;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>
/// A node of a device is made, or it is asked whether it may be read or written (security/device_cgroup.c, 6.18, through
/// include/linux/device_cgroup.h). No device is ever opened, and the nodes are in a file system of their own.
/// </summary>
internal sealed unsafe class DeviceEvent : IHookEvent, IDisposable
{
    private const int Make = 1; // BPF_DEVCG_ACC_MKNOD
    private const int Read = 2; // BPF_DEVCG_ACC_READ
    private const int Write = 4; // BPF_DEVCG_ACC_WRITE
    private const int Block = 1; // BPF_DEVCG_DEV_BLOCK
    private const int Character = 2; // BPF_DEVCG_DEV_CHAR
    private const int AccessShift = 16;

    private const uint MaxMajor = 0xfff; // include/linux/kdev_t.h, MINORBITS
    private const uint MaxMinor = 0xfffff;

    private const uint BlockMode = 0x6000 | 0x180; // S_IFBLK, read and write for the owner
    private const uint CharacterMode = 0x2000 | 0x180; // S_IFCHR
    private const int AskRead = 4; // R_OK
    private const int AskWrite = 2; // W_OK

    private static readonly ContextField s_access = ContextTables.CgroupDevice.Field("access_type");
    private static readonly ContextField s_major = ContextTables.CgroupDevice.Field("major");
    private static readonly ContextField s_minor = ContextTables.CgroupDevice.Field("minor");
    private static readonly byte[] s_name = Encoding.ASCII.GetBytes("node\0");

    private FileDescriptor? _nodes;

    /// <summary>The kernel has no name for no device and no access: a character device is read.</summary>
    public void Complete(WantedContext wanted) => wanted.SetMissing(s_access, (Read << AccessShift) | Character);

    public string? WhyNot(WantedContext wanted) =>
        !wanted.Data.IsEmpty ? "there is no packet where a device is told"
        : KindOf(wanted) is not (Block or Character) ? $"the low half of access_type is {KindOf(wanted)}; there are block devices (1) and character devices (2)"
        : AccessOf(wanted) is not (Make or Read or Write or (Read | Write))
            ? $"the high half of access_type is {AccessOf(wanted)}; it can be 1 (mknod), 2 (read), 4 (write) and 6"
        : (uint)wanted.Number(s_major) > MaxMajor ? $"major is more than {MaxMajor}"
        : (uint)wanted.Number(s_minor) > MaxMinor ? $"minor is more than {MaxMinor}"
        : null;

    public void Prepare(WantedContext wanted)
    {
        _nodes?.Dispose();
        _nodes = DetachedMount.Of("tmpfs");
        if (AccessOf(wanted) != Make && MakeNode(wanted) != 0) throw Native.Failed("mknodat");
    }

    public CallFailure? Cause(WantedContext wanted)
    {
        if (AccessOf(wanted) == Make)
        {
            if (CallFailure.Of(MakeNode(wanted), "mknodat") is { } failure) return failure;
            fixed (byte* name = s_name) return CallFailure.Of(Native.unlinkat(_nodes!.Number, name, 0), "unlinkat");
        }

        int asked = ((AccessOf(wanted) & Read) != 0 ? AskRead : 0) | ((AccessOf(wanted) & Write) != 0 ? AskWrite : 0);
        fixed (byte* name = s_name) return CallFailure.Of(Native.faccessat(_nodes!.Number, name, asked, 0), "faccessat");
    }

    public void Dispose() => _nodes?.Dispose();

    private static int KindOf(WantedContext wanted) => wanted.Number(s_access) & ushort.MaxValue;

    private static int AccessOf(WantedContext wanted) => wanted.Number(s_access) >>> AccessShift;

    /// <summary>The number of a device as user space has it: the minor's low byte, the major, the rest of the minor (include/linux/kdev_t.h, new_encode_dev).</summary>
    private int MakeNode(WantedContext wanted)
    {
        (uint major, uint minor) = ((uint)wanted.Number(s_major), (uint)wanted.Number(s_minor));
        ulong device = (minor & byte.MaxValue) | (major << 8) | ((minor & ~(uint)byte.MaxValue) << 12);
        fixed (byte* name = s_name) return Native.mknodat(_nodes!.Number, name, KindOf(wanted) == Block ? BlockMode : CharacterMode, device);
    }
}
