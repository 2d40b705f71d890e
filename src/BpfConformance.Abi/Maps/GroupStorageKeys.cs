namespace BpfConformance.Abi.Maps;

/// <summary>
/// Keys of what is stored for programs at a control group: its number alone, or struct bpf_cgroup_storage_key (include/uapi/linux/bpf.h, 6.18), the number,
/// the hook by its <see cref="Programs.AttachType"/> and four bytes that mean nothing.
/// </summary>
public static class GroupStorageKeys
{
    /// <summary>Bytes of a key for which all hooks of a group are one.</summary>
    public const int GroupBytes = sizeof(ulong);

    /// <summary>Bytes of a key that tells them apart.</summary>
    public const int HookBytes = 16;

    /// <summary>The number of the group in which a case is; each kernel has its own.</summary>
    public const ulong CaseGroup = 1;
}
