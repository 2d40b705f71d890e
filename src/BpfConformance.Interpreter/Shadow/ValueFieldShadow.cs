using System.Runtime.CompilerServices;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>
/// The kernel's own in values of maps: locks and timers, which programs neither read nor write, and which lie in no memory that they let a
/// helper read or write (kernel/bpf/verifier.c, 6.18, check_map_access).
/// </summary>
internal static unsafe class ValueFieldShadow
{
    /// <summary>Whether an access to so many bytes at an offset of a region, which it was found to hold, touches any of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsTouched(Machine* m, Region* region, uint offset, int size) => m->HasValueFields && IsTouchedOf(m, region, offset, size);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsTouchedOf(Machine* m, Region* region, uint offset, int size)
    {
        if (ValuePlace.Of(m, region->Start + offset) is not { } place) return false;
        foreach (ValueField field in place.Map.Fields.All)
        {
            if (place.Offset < field.End && field.Offset < place.Offset + size) return true;
        }

        return false;
    }
}
