using BpfConformance.Abi.Programs;

namespace BpfConformance.Runtime.Contexts;

/// <summary>A device: a character device that is read, where the case says nothing else (include/uapi/linux/bpf.h, 6.18, <c>BPF_DEVCG_*</c>).</summary>
internal static class CgroupDeviceContext
{
    private const uint CharacterIsRead = (2 << 16) | 2;

    private static readonly ContextField s_access = ContextTables.CgroupDevice.Field("access_type");

    public static void Complete(ContextBytes context) => context.SetMissing(s_access, CharacterIsRead);
}
