using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Targets;

/// <summary>How a run ended.</summary>
public enum ExecutionStatus : byte
{
    Returned,
    Faulted,
    TimedOut,
    Crashed,

    /// <summary>Nothing follows from this run; the batch holds the reason, and so it does for a crash.</summary>
    Inconclusive,
}

/// <summary>Eleven registers, in place.</summary>
[InlineArray(MachineLimits.RegisterCount)]
public struct RegisterValues
{
    private ulong _first;
}

/// <summary>
/// What one run showed, in fixed size. Masks say which bits were seen and may be compared: a value that derives from
/// an address or from time is masked by the machine that tracks it.
/// </summary>
public struct Observation
{
    public ExecutionStatus Status;
    public FaultKind Fault;

    /// <summary>Bit n: register n was seen.</summary>
    public ushort RegistersMask;

    /// <summary>The slot that faulted; −1: not seen.</summary>
    public int FaultPc;

    public ulong R0;

    /// <summary>Bits of r0 that were seen; 0 when none.</summary>
    public ulong R0Mask;

    /// <summary>Executed instructions; −1: not counted.</summary>
    public long Instructions;

    /// <summary>Bytes of memory or packet afterwards; −1: not seen.</summary>
    public int DataLength;

    /// <summary>Bytes of the image of the maps afterwards; −1: not seen.</summary>
    public int MapsLength;

    /// <summary>Bytes of the context afterwards; −1: not seen.</summary>
    public int ContextLength;

    /// <summary>Calls of helpers, as far as they are traced; −1: not seen, or one of them is each machine's own.</summary>
    public long HelperCalls;

    /// <summary>Over those calls, in their order, with their arguments and results.</summary>
    public ulong HelperHash;

    public RegisterValues Registers;

    /// <summary>Instead of a run user space has taken a step.</summary>
    /// <param name="errno">0: it was done.</param>
    /// <param name="dataBytes">Bytes of data that it has got.</param>
    public void SetStep(int errno, int dataBytes) => SetStep(-(long)errno, dataBytes);

    /// <summary>The same of a step that answers with a number.</summary>
    /// <param name="result">What it answers; negative: a negated errno.</param>
    /// <param name="dataBytes">Bytes of data that it has got.</param>
    public void SetStep(long result, int dataBytes)
    {
        Status = ExecutionStatus.Returned;
        (R0, R0Mask) = (unchecked((ulong)result), ulong.MaxValue);
        DataLength = dataBytes;
    }

    /// <summary>A run of which nothing was seen yet.</summary>
    public static Observation Nothing
    {
        get
        {
            Observation nothing = default;
            nothing.Clear();
            return nothing;
        }
    }

    /// <summary>Makes it that of a run of which nothing was seen yet; what lies in registers then counts as little.</summary>
    public void Clear()
    {
        (Status, Fault, RegistersMask, R0, R0Mask) = (default, default, 0, 0, 0);
        (FaultPc, Instructions, DataLength, MapsLength, ContextLength, HelperCalls) = (-1, -1, -1, -1, -1, -1);
    }
}
