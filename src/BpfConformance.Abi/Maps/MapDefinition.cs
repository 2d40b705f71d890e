namespace BpfConformance.Abi.Maps;

/// <summary>Kernel <c>enum bpf_map_type</c> (include/uapi/linux/bpf.h, 6.18), same numbers.</summary>
public enum MapType
{
    Unspecified,
    Hash,
    Array,
    ProgArray,
    PerfEventArray,
    PercpuHash,
    PercpuArray,
    StackTrace,
    CgroupArray,
    LruHash,
    LruPercpuHash,
    LpmTrie,
    ArrayOfMaps,
    HashOfMaps,
    DevMap,
    SockMap,
    CpuMap,
    XskMap,
    SockHash,
    CgroupStorage,
    ReuseportSockArray,
    PercpuCgroupStorage,
    Queue,
    Stack,
    SkStorage,
    DevMapHash,
    StructOps,
    RingBuf,
    InodeStorage,
    TaskStorage,
    BloomFilter,
    UserRingBuf,
    CgroupLocalStorage,
    Arena,
}

/// <summary>A map as a program needs it. Programs name maps by their index in the case, in whichever form of lddw.</summary>
/// <param name="Name">As written in the case; unique there.</param>
/// <param name="Type">Kind of map.</param>
/// <param name="KeyBytes">Size of a key.</param>
/// <param name="ValueBytes">Size of a value.</param>
/// <param name="MaxEntries">Capacity.</param>
/// <param name="Flags">Kernel <c>BPF_F_*</c> creation flags.</param>
public sealed record MapDefinition(string Name, MapType Type, int KeyBytes, int ValueBytes, int MaxEntries, uint Flags = 0);
