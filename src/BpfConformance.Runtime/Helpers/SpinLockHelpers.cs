using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// Locks in values of maps (kernel/bpf/helpers.c, 6.18). One program runs at a time, so nobody waits; a verifier lets no program hold two, give
/// back one that it does not hold, or name what is no lock.
/// </summary>
public static unsafe class SpinLockHelpers
{
    /// <summary>The number of <c>bpf_spin_unlock</c>.</summary>
    public const int UnlockNumber = 94;

    internal static FaultKind Lock(Machine* m)
    {
        ulong address = m->Registers[1];
        if (m->HeldLock != 0 || !IsLock(m, address)) return FaultKind.InvalidPointer;
        (m->HeldLock, m->Registers[0]) = (address, 0);
        return FaultKind.None;
    }

    internal static FaultKind Unlock(Machine* m)
    {
        if (m->HeldLock == 0 || m->HeldLock != m->Registers[1]) return FaultKind.InvalidPointer;
        (m->HeldLock, m->Registers[0]) = (0, 0);
        return FaultKind.None;
    }

    private static bool IsLock(Machine* m, ulong address) =>
        ValuePlace.Of(m, address) is { } place && place.Map.Fields.HasSpinLock && place.Offset == place.Map.Fields.SpinLock;
}
