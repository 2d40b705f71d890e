using System.Numerics;
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

/// <summary>What emitted machine code needs on the way, and leaves when it is stopped.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct NativeRun
{
    /// <summary>The data region's start, negated: the sum with an address is an offset.</summary>
    public ulong NegatedDataStart;

    private const int Spans = 9;

    /// <summary>The longest span for which there is a limit.</summary>
    public const int LargestSpan = 1 << (Spans - 1);

    /// <summary>For a span of 2ⁿ bytes: how many offsets of the data region it may have.</summary>
    public fixed ulong DataOffsets[Spans];

    /// <summary>r10 of the last frame that may be: a call from there is one too many.</summary>
    public ulong LastFrame;

    /// <summary>Room for a divisor that has no register.</summary>
    public ulong Divisor;

    /// <summary>The stack pointer to go back to when a run is stopped.</summary>
    public void* HostStack;

    /// <summary>The address in the code at which the run was stopped, or after it.</summary>
    public void* StoppedAt;

    /// <summary>The number of this run among all of this process.</summary>
    public ulong RunNumber;

    /// <summary>The signal that stopped the run; 0: none.</summary>
    public int Signal;

    /// <summary>The n for a number of bytes.</summary>
    public static int SpanOf(int bytes) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)bytes));

    /// <summary>Says where the data begins, and how much there is.</summary>
    public void SetData(ulong start, int length)
    {
        NegatedDataStart = 0 - start;
        for (int n = 0; n < Spans; n++) DataOffsets[n] = (ulong)Math.Max(length - (1 << n) + 1, 0);
    }
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

    /// <summary>For engines that emit machine code.</summary>
    public NativeRun Native;

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
