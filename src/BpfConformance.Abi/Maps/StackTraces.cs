namespace BpfConformance.Abi.Maps;

/// <summary>Traces of stacks (include/uapi/linux/bpf.h and kernel/bpf/stackmap.c, 6.18): how deep they are, and the flags of the helpers that take them.</summary>
public static class StackTraces
{
    /// <summary>The most addresses of a trace (sysctl kernel.perf_event_max_stack, as it is at first).</summary>
    public const int MaxDepth = 127;

    /// <summary>Bytes of an address where the file it belongs to is named, too (struct bpf_stack_build_id).</summary>
    public const int BuildIdBytes = 32;

    /// <summary>How many addresses are left out (BPF_F_SKIP_FIELD_MASK).</summary>
    public const ulong SkipMask = 0xff;

    /// <summary>The stack of the process (BPF_F_USER_STACK).</summary>
    public const ulong UserStack = 1 << 8;

    /// <summary>Of bpf_get_stackid: traces with the same hash are the same (BPF_F_FAST_STACK_CMP).</summary>
    public const ulong FastComparison = 1 << 9;

    /// <summary>Of bpf_get_stackid: another trace with the same number gives way (BPF_F_REUSE_STACKID).</summary>
    public const ulong ReuseId = 1 << 10;

    /// <summary>Of bpf_get_stack: with the files that addresses belong to (BPF_F_USER_BUILD_ID).</summary>
    public const ulong UserBuildId = 1 << 11;
}
