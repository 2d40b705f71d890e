namespace BpfConformance.Abi.Instructions;

/// <summary>The eleven registers (RFC 9669 section 2.3 and the calling convention in the kernel's psABI): r0 result, r1–r5 arguments, r6–r9 kept over calls, r10 the read-only frame pointer.</summary>
public enum Register : byte
{
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10,
}

/// <summary>Counts and sizes that every machine shares.</summary>
public static class MachineLimits
{
    /// <summary>r0–r10.</summary>
    public const int RegisterCount = 11;

    /// <summary>Bytes of stack below each frame's r10 (kernel <c>include/linux/filter.h</c>, MAX_BPF_STACK).</summary>
    public const int StackBytes = 512;

    /// <summary>Frames of local calls, the first included (kernel <c>include/linux/bpf_verifier.h</c>, MAX_CALL_FRAMES).</summary>
    public const int CallFrames = 8;

    /// <summary>Tail calls that a run can take (kernel <c>include/linux/bpf.h</c>, MAX_TAIL_CALL_CNT, 6.18).</summary>
    public const int TailCalls = 33;

    /// <summary>Frames that can be open at once where functions make tail calls: each leaves the frames of its callers, and the program it leads to has as many of its own.</summary>
    public const int FramesWithTailCalls = CallFrames + (TailCalls * (CallFrames - 1));

    /// <summary>Frames that can be open at once when so many tail calls were taken.</summary>
    public static int FramesAfter(int tailCalls) => CallFrames + (tailCalls * (CallFrames - 1));
}
