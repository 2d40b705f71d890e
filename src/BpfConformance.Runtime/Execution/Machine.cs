using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>How a run ended, or that it has not.</summary>
public enum RunStatus : byte
{
    Running,
    Returned,
    Faulted,
    OutOfBudget,
}

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
}

[InlineArray(MachineLimits.CallFrames)]
public struct Frames
{
    private Frame _first;
}

/// <summary>Everything that a running program touches, in unmanaged memory and of fixed layout: engines that emit code address it by offset.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Machine
{
    public fixed ulong Registers[MachineLimits.RegisterCount];

    /// <summary>Instructions that may still be charged; negative: the run ends.</summary>
    public long BudgetLeft;

    public Region* Regions;
    public uint RegionCount;

    /// <summary>Region n has the addresses whose distance from <see cref="Origin"/> is n after a shift by so many bits.</summary>
    public int RegionShift;

    /// <summary>Where a program's addresses begin.</summary>
    public ulong Origin;

    /// <summary>Index of the current frame.</summary>
    public int Depth;

    /// <summary>Where an engine goes when the run is over; its own kind of pointer.</summary>
    public void* Halt;

    public RunStatus Status;
    public FaultKind Fault;
    public int FaultPc;

    /// <summary>Instructions that were charged and not executed, when a run ends within a block.</summary>
    public int Uncharged;

    /// <summary>Sanitised runs: the slot at which a volatile value decided what happens next; −1: none did.</summary>
    public int VolatileFlowPc;

    /// <summary>Sanitised runs: one <see cref="Memory.Provenance"/> per register.</summary>
    public fixed uint Provenance[MachineLimits.RegisterCount];

    /// <summary>Bytes of the packet that lie before the data which the program sees (an Ethernet header).</summary>
    public uint PacketHeaderBytes;

    /// <summary>State of the pseudo-random helper.</summary>
    public ulong RandomState;

    /// <summary>Nanoseconds of the virtual clock.</summary>
    public ulong ClockNanoseconds;

    public Frames Frames;
}
