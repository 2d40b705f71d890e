using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Network;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>A setting of the private network is read or written (fs/proc/proc_sysctl.c, 6.18, <c>proc_sys_call_handler</c>).</summary>
internal sealed unsafe class SysctlEvent : IHookEvent
{
    private const string Name = "net/ipv4/ip_default_ttl";

    private static readonly ContextField s_write = ContextTables.Sysctl.Field("write");
    private static readonly ContextField s_position = ContextTables.Sysctl.Field("file_pos");

    /// <summary>The health of the kernel is a setting.</summary>
    public bool HappensAnyway => true;

    public void Complete(WantedContext wanted)
    {
    }

    public string? WhyNot(WantedContext wanted) => wanted.Data.IsEmpty ? null : "there is no packet where a setting is told";

    public CallFailure? Cause(WantedContext wanted)
    {
        byte* content = stackalloc byte[] { (byte)'6', (byte)'4' };
        nint position = (nint)(uint)wanted.Number(s_position);
        bool isWritten = wanted.Number(s_write) != 0;
        using FileDescriptor setting = Settings.Open(Name, isWritten);
        nint result = isWritten ? Native.pwrite(setting.Number, content, 2, position) : Native.pread(setting.Number, content, 2, position);
        return CallFailure.Of(result, Name);
    }
}
