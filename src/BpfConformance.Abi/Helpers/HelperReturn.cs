namespace BpfConformance.Abi.Helpers;

/// <summary>What a helper leaves in r0: <c>enum bpf_return_type</c> (include/linux/bpf.h, 6.18).</summary>
public enum HelperReturn : byte
{
    /// <summary>A number (<c>RET_INTEGER</c>).</summary>
    Integer,

    /// <summary>Nothing that may be read (<c>RET_VOID</c>).</summary>
    Void,

    /// <summary>The address of a value of the map.</summary>
    MapValue,

    /// <summary>The same, or null.</summary>
    MapValueOrNull,

    /// <summary>A <c>struct bpf_sock</c>, or null.</summary>
    SocketOrNull,

    /// <summary>A <c>struct bpf_tcp_sock</c>, or null.</summary>
    TcpSocketOrNull,

    /// <summary>A socket of any kind, or null (<c>RET_PTR_TO_SOCK_COMMON_OR_NULL</c>).</summary>
    SocketCommonOrNull,

    /// <summary>The address of as many bytes as an argument said, or null (<c>RET_PTR_TO_DYNPTR_MEM_OR_NULL</c>).</summary>
    MemoryOrNull,

    /// <summary>The same, reserved in a ring buffer (<c>RET_PTR_TO_RINGBUF_MEM_OR_NULL</c>).</summary>
    RingBufferMemoryOrNull,

    /// <summary>A per-CPU variable of the kernel, or null (<c>RET_PTR_TO_MEM_OR_BTF_ID | PTR_MAYBE_NULL</c>).</summary>
    PercpuObjectOrNull,

    /// <summary>The same, never null.</summary>
    PercpuObject,

    /// <summary>A kernel object, known by its BTF type (<c>RET_PTR_TO_BTF_ID</c>).</summary>
    KernelObject,

    /// <summary>The same, or null.</summary>
    KernelObjectOrNull,

    /// <summary>One that lives at least as long as the program runs (<c>RET_PTR_TO_BTF_ID_TRUSTED</c>).</summary>
    TrustedKernelObject,
}
