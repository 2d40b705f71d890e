using System.Numerics;
using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Execution;

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

    /// <summary>For tail calls in IL: the program that goes on, by its index; negative: none does.</summary>
    public int NextProgram;

    /// <summary>
    /// In machine code: where each function is that a helper may call, by its pc, as far as <see cref="Machine.SlotCount"/>; and behind those,
    /// for tail calls, where each program goes on in the frame of another.
    /// </summary>
    public nint* Entries;

    /// <summary>What a field of a context gives, or is to hold.</summary>
    public ulong FieldValue;

    /// <summary>The n for a number of bytes.</summary>
    public static int SpanOf(int bytes) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)bytes));

    /// <summary>Says where the data begins, and how much there is.</summary>
    public void SetData(ulong start, int length)
    {
        NegatedDataStart = 0 - start;
        for (int n = 0; n < Spans; n++) DataOffsets[n] = (ulong)Math.Max(length - (1 << n) + 1, 0);
    }
}
