using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>The setting that is read or written (kernel/bpf/cgroup.c, 6.18): r1 is the context, r2 a buffer and r3 its length.</summary>
internal static unsafe class SysctlHelpers
{
    /// <summary>The name without its folder (BPF_F_SYSCTL_BASE_NAME); other flags mean nothing.</summary>
    private const ulong BaseName = 1;

    private static readonly byte[] s_name = [.. NetworkSetting.Name.Select(c => (byte)c)];
    private static readonly byte[] s_path = [.. NetworkSetting.Folder.Concat(NetworkSetting.Name).Select(c => (byte)c)];

    /// <summary>What readers get.</summary>
    private static readonly byte[] s_value = [.. NetworkSetting.Value.Append('\n').Select(c => (byte)c)];

    /// <summary>bpf_sysctl_get_name: what lies behind the zero of a name that fits is the machine's own (lib/string.c, strscpy, stores whole words).</summary>
    public static FaultKind GetName(Machine* m)
    {
        if (!TryGetBuffer(m, out GuestBytes buffer, out int length, out FaultKind fault)) return fault;
        ReadOnlySpan<byte> name = (m->Registers[4] & BaseName) != 0 ? s_name : s_path;
        int copied = Math.Min(name.Length, length - 1);
        fixed (byte* bytes = name) new GuestBytes(bytes, shadow: null).CopyTo(buffer, copied);
        buffer.From(copied).Clear(1);
        if (copied < name.Length) return Packet.Done(m, -(long)Errno.E2BIG);
        if (buffer.Shadow != null) new Span<byte>(buffer.Shadow + copied + 1, length - copied - 1).Fill(ByteShadow.Volatile);
        return Packet.Done(m, name.Length);
    }

    public static FaultKind GetCurrentValue(Machine* m)
    {
        if (!TryGetBuffer(m, out GuestBytes buffer, out int length, out FaultKind fault)) return fault;
        fixed (byte* value = s_value) return Packet.Done(m, Copy(new GuestBytes(value, shadow: null), s_value.Length, buffer, length));
    }

    public static FaultKind GetNewValue(Machine* m) => TryGetBuffer(m, out GuestBytes buffer, out int length, out FaultKind fault)
        ? Packet.Done(m, Copy(SysctlContext.Written(m), m->Setting.Length, buffer, length))
        : fault;

    public static FaultKind SetNewValue(Machine* m)
    {
        if (!Packet.IsSysctl(m)) return FaultKind.InvalidPointer;
        ulong length = m->Registers[3];
        GuestBytes text = GuestMemory.BytesToRead(m, m->Registers[2], length);
        if (text.IsNull) return FaultKind.OutOfBoundsLoad;
        if (m->Setting.Length == 0 || length == 0) return Packet.Done(m, Packet.InvalidArgument);
        if (length > WrittenSetting.MaxBytes) return Packet.Done(m, -(long)Errno.E2BIG);
        text.CopyTo(SysctlContext.Written(m), (int)length);
        m->Setting.Length = (int)length;
        return Packet.Done(m, 0);
    }

    private static bool TryGetBuffer(Machine* m, out GuestBytes buffer, out int length, out FaultKind fault)
    {
        buffer = GuestMemory.BytesToWrite(m, m->Registers[2], m->Registers[3]);
        length = buffer.IsNull ? 0 : (int)m->Registers[3];
        fault = !Packet.IsSysctl(m) ? FaultKind.InvalidPointer : length == 0 ? FaultKind.OutOfBoundsStore : FaultKind.None;
        return fault == FaultKind.None;
    }

    /// <summary>copy_sysctl_value: a text that leaves no room for its zero is cut; where there is none, zeros are given.</summary>
    private static long Copy(GuestBytes value, int valueBytes, GuestBytes buffer, int length)
    {
        int copied = Math.Min(valueBytes, length - 1);
        value.CopyTo(buffer, copied);
        buffer.From(copied).Clear(length - copied);
        return valueBytes == 0 ? Packet.InvalidArgument : copied < valueBytes ? -(long)Errno.E2BIG : valueBytes;
    }
}
