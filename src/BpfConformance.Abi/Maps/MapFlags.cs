namespace BpfConformance.Abi.Maps;

/// <summary>Kernel <c>BPF_F_*</c> flags of BPF_MAP_CREATE (include/uapi/linux/bpf.h, 6.18), same bits.</summary>
[Flags]
public enum MapFlags : uint
{
    None = 0,

    /// <summary>Memory for an element is taken when it is added.</summary>
    NoPreallocation = 1 << 0,

    /// <summary>Each processor has a list of its own of what was least recently used.</summary>
    NoCommonLru = 1 << 1,

    /// <summary>Memory is taken from one node; machines with one may ignore it.</summary>
    NumaNode = 1 << 2,

    /// <summary>User space may not write.</summary>
    ReadOnly = 1 << 3,

    /// <summary>User space may not read.</summary>
    WriteOnly = 1 << 4,
    StackBuildId = 1 << 5,

    /// <summary>Hashes begin with zero, so that all machines hash alike.</summary>
    ZeroSeed = 1 << 6,

    /// <summary>Programs may not write.</summary>
    ReadOnlyForPrograms = 1 << 7,

    /// <summary>Programs may not read.</summary>
    WriteOnlyForPrograms = 1 << 8,
    Clone = 1 << 9,
    Mmapable = 1 << 10,
    PreserveElements = 1 << 11,
    InnerMap = 1 << 12,
    Link = 1 << 13,
    PathFd = 1 << 14,
    VtypeBtfObjFd = 1 << 15,
    TokenFd = 1 << 16,
    SegvOnFault = 1 << 17,
    NoUserConversion = 1 << 18,

    /// <summary>What user space opens a map for, which is not the map's (kernel/bpf/syscall.c, 6.18, bpf_map_flags_retain_permanent).</summary>
    OfTheOpened = ReadOnly | WriteOnly,

    /// <summary>Who may do what: of all kinds.</summary>
    Access = OfTheOpened | ReadOnlyForPrograms | WriteOnlyForPrograms,
}
