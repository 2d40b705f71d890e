using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Execution;

/// <summary>What a local call keeps for its caller.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Frame
{
    /// <summary>Where the engine goes on; its own kind of pointer.</summary>
    public void* Return;

    public ulong R6, R7, R8, R9;
    public uint P6, P7, P8, P9;

    /// <summary>may_goto's count of this frame.</summary>
    public long MayGotoLeft;

    /// <summary>The caller's <see cref="Machine.BaseDepth"/>.</summary>
    public int BaseDepth;
}
