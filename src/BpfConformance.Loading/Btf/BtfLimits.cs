namespace BpfConformance.Loading.Btf;

/// <summary>What the format and the kernel bound (include/uapi/linux/btf.h and kernel/bpf/btf.c, 6.18).</summary>
internal static class BtfLimits
{
    public const ushort Magic = 0xeb9f;
    public const byte Version = 1;
    public const int HeaderBytes = 24;

    /// <summary>Name, info, and size or type.</summary>
    public const int TypeBytes = 12;

    /// <summary>Kernel <c>BTF_MAX_SIZE</c>.</summary>
    public const int BlobBytes = 16 << 20;

    public const int TypeId = 0xf_ffff;
    public const int NameOffset = 0xff_ffff;
    public const int Elements = 0xffff;

    /// <summary>Largest bit offset of a member of a type with bit fields.</summary>
    public const int BitFieldOffset = 0xff_ffff;

    /// <summary>A bound of ours: the kernel takes identifiers of 511 bytes, and says nothing of tags.</summary>
    public const int NameBytes = 4096;

    /// <summary>
    /// A bound of ours on all names together. They may be each other's ends, so a small blob could ask for a string of
    /// megabytes from every type.
    /// </summary>
    public const int AllNamesBytes = 2 * BlobBytes;
}
