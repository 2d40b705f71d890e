using System.Runtime.CompilerServices;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>
/// The kernel's own in values of maps, which lies in no memory that programs let a helper read or write (kernel/bpf/verifier.c, 6.18, check_map_access). Locks and
/// timers they neither read nor write themselves; pointers they read as a whole, and make null those that no value owns (check_map_kptr_access).
/// </summary>
internal static unsafe class ValueFieldShadow
{
    private static ReadOnlySpan<ValueFieldKind> Loaded => [ValueFieldKind.Kptr, ValueFieldKind.KptrUntrusted];

    private static ReadOnlySpan<ValueFieldKind> MadeNull => [ValueFieldKind.KptrUntrusted];

    /// <summary>Whether an access to so many bytes at an offset of a region, which it was found to hold, touches any of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsTouched(Machine* m, Region* region, uint offset, int size) => m->HasValueFields && IsTouchedOf(m, region, offset, size, []);

    /// <summary>Whether a load touches more than it may.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsRefusedLoad(Machine* m, Region* region, uint offset, int size) => m->HasValueFields && IsTouchedOf(m, region, offset, size, Loaded);

    /// <summary>The same of a store.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsRefusedStore(Machine* m, Region* region, uint offset, int size, ulong value) =>
        m->HasValueFields && IsTouchedOf(m, region, offset, size, value == 0 ? MadeNull : []);

    /// <param name="m">The machine.</param>
    /// <param name="region">Of the access.</param>
    /// <param name="offset">Where in it.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="allowed">Fields that the access may be to, if it is to nothing else.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsTouchedOf(Machine* m, Region* region, uint offset, int size, ReadOnlySpan<ValueFieldKind> allowed)
    {
        if (ValuePlace.Of(m, region->Start + offset) is not { } place) return false;
        foreach (ValueField field in place.Map.Fields.All)
        {
            bool isTouched = place.Offset < field.End && field.Offset < place.Offset + size;
            if (isTouched) return !allowed.Contains(field.Kind) || (field.Offset, field.Bytes) != (place.Offset, size);
        }

        return false;
    }
}
