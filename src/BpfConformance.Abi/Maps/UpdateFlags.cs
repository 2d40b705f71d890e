namespace BpfConformance.Abi.Maps;

/// <summary>Flags of updates (include/uapi/linux/bpf.h, 6.18).</summary>
public static class UpdateFlags
{
    public const ulong Any = 0;

    /// <summary>Only if there is no such element.</summary>
    public const ulong NoExist = 1;

    /// <summary>Only if there is such an element.</summary>
    public const ulong Exist = 2;

    /// <summary>Under the value's spin lock.</summary>
    public const ulong Lock = 4;
}
