using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace BpfConformance.Harnesses.Coverage;

/// <summary>
/// The counters that instrumented code raises: one for each pair of branches, by hash, as AFL has them. They are the process's, and so is the
/// place from which the next branch comes: one thread at a time may run instrumented code.
/// </summary>
public static unsafe class BranchMap
{
    /// <summary>What SharpFuzz's identifiers reach.</summary>
    public const int Size = 1 << 16;

    /// <summary>A counter is raised before anybody looks: there must be some from the start.</summary>
    static BranchMap() => Attach((byte*)NativeMemory.AlignedAlloc(Size, 64));

    /// <summary>The counters.</summary>
    public static Span<byte> Counters => new(Trace.SharedMem, Size);

    /// <summary>Lets another memory hold the counters. Before any instrumented code runs, or it writes to where there is nothing.</summary>
    public static void Attach(byte* counters)
    {
        Trace.SharedMem = counters;
        Counters.Clear();
    }

    /// <summary>A run begins: whatever ran before it is no part of its first pair.</summary>
    public static void Begin() => Trace.PrevLocation = 0;

    /// <summary>Something happened that no branch of instrumented code shows, as in code that was emitted; how often is not counted.</summary>
    /// <param name="what">What.</param>
    public static void Hit(ulong what) => Trace.SharedMem[(what * 0x9e3779b97f4a7c15) >> 48] |= 1;
}
