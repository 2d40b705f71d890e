using System.Text;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Network;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>A setting of the private network is read or written (fs/proc/proc_sysctl.c, 6.18, <c>proc_sys_call_handler</c>).</summary>
internal sealed unsafe class SysctlEvent : IHookEvent
{
    private const string Name = NetworkSetting.Folder + NetworkSetting.Name;

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
        nint position = (nint)(uint)wanted.Number(s_position);
        bool isWritten = wanted.Number(s_write) != 0;
        using FileDescriptor setting = Settings.Open(Name, isWritten);
        fixed (byte* content = Encoding.ASCII.GetBytes(NetworkSetting.Value))
        {
            nuint bytes = (nuint)NetworkSetting.Value.Length;
            nint result = isWritten ? Native.pwrite(setting.Number, content, bytes, position) : Native.pread(setting.Number, content, bytes, position);
            return CallFailure.Of(result, Name);
        }
    }

    /// <summary>A program may have had another value written, by which datagrams would be seen to live longer.</summary>
    public void Restore(WantedContext wanted)
    {
        if (wanted.Number(s_write) != 0) Settings.Write(Name, NetworkSetting.Value);
    }
}
