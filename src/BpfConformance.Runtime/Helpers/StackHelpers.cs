using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// Traces of the stack on which a program runs (kernel/bpf/stackmap.c, 6.18). How deep that is, and what is on it, is a machine's own: here it is a single
/// address. What is wrong with flags and sizes is not.
/// </summary>
public static unsafe class StackHelpers
{
    /// <summary>The number of <c>bpf_get_stackid</c>: r2 is a map, r3 flags.</summary>
    public const int GetStackIdNumber = 27;

    /// <summary>The number of <c>bpf_get_stack</c>: r2 is where the trace goes, r3 how many bytes there are, r4 flags.</summary>
    public const int GetStackNumber = 67;

    private const ulong Address = 0xffffffff81000000;

    public static bool Has(int helper) => helper is GetStackIdNumber or GetStackNumber;

    /// <summary>Whether every machine gives the same: an error that follows from what the helper is told.</summary>
    public static bool IsKnown(Machine* m, int helper) =>
        helper == GetStackIdNumber ? IsWrongForId(m->Registers[3]) || LeavesNothing(m->Registers[3])
        : IsWrong(m->Registers[4], m->Registers[3]) || IsTooDeep(m->Registers[4]);

    internal static FaultKind GetStackId(Machine* m)
    {
        if (MapSet.Of(m, m->Registers[2]) is not StackTraceMap map) return FaultKind.InvalidPointer;
        ulong flags = m->Registers[3];
        if (IsWrongForId(flags)) return Packet.Done(m, Packet.InvalidArgument);
        if (LeavesNothing(flags)) return Packet.Done(m, Packet.BadAddress);
        map.HasTrace = true;
        return Packet.Done(m, (flags & StackTraces.SkipMask) == 0 ? 0 : Packet.BadAddress); // there is but one address
    }

    internal static FaultKind GetStack(Machine* m)
    {
        (ulong size, ulong flags) = (m->Registers[3], m->Registers[4]);
        GuestBytes trace = GuestMemory.BytesToWrite(m, m->Registers[2], size);
        if (trace.IsNull && size != 0) return FaultKind.OutOfBoundsStore;
        if (size != 0) trace.Clear((int)size);
        if (IsWrong(flags, size)) return Packet.Done(m, Packet.InvalidArgument);
        if (IsTooDeep(flags)) return Packet.Done(m, Packet.BadAddress);
        if (size != 0 && trace.Shadow != null) new Span<byte>(trace.Shadow, (int)size).Fill(ByteShadow.Volatile);
        bool isShown = size != 0 && (flags & StackTraces.SkipMask) == 0;
        if (isShown) *(ulong*)trace.Data = Address;
        m->Registers[0] = isShown ? sizeof(ulong) : 0u;
        return FaultKind.None;
    }

    private static bool IsWrongForId(ulong flags) =>
        (flags & ~(StackTraces.SkipMask | StackTraces.UserStack | StackTraces.FastComparison | StackTraces.ReuseId)) != 0;

    private static bool IsWrong(ulong flags, ulong size)
    {
        bool hasBuildIds = (flags & StackTraces.UserBuildId) != 0;
        return (flags & ~(StackTraces.SkipMask | StackTraces.UserStack | StackTraces.UserBuildId)) != 0
            || (hasBuildIds && (flags & StackTraces.UserStack) == 0)
            || size % (ulong)(hasBuildIds ? StackTraces.BuildIdBytes : sizeof(ulong)) != 0;
    }

    /// <summary>No trace is longer than what is skipped of it, and so none is stored (__bpf_get_stackid).</summary>
    private static bool LeavesNothing(ulong flags) => (flags & StackTraces.SkipMask) >= StackTraces.MaxDepth;

    /// <summary>No trace is so long.</summary>
    private static bool IsTooDeep(ulong flags) => (flags & StackTraces.SkipMask) > StackTraces.MaxDepth;
}
