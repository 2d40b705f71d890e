using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>Leaves the trace of helpers open where it takes a value that differs between machines.</summary>
internal static unsafe class TraceShadow
{
    /// <summary>Before a call, while it is still known what is in r1–r5.</summary>
    public static void CheckArguments(Machine* m, int helper)
    {
        if (!m->HelperTrace.IsKept || !TracedHelper.Has((ulong)helper)) return;
        for (int rest = TracedHelper.Of((ulong)helper).Arguments; rest != 0; rest &= rest - 1)
        {
            m->HelperTrace.IsOpen |= !IsKnown(m, BitOperations.TrailingZeroCount(rest));
        }
    }

    /// <summary>Behind it.</summary>
    public static void CheckResult(Machine* m, int helper)
    {
        if (!m->HelperTrace.IsKept || !TracedHelper.Has((ulong)helper)) return;
        if (TracedHelper.Of((ulong)helper).HasResult) m->HelperTrace.IsOpen |= !IsKnown(m, (int)Register.R0);
    }

    /// <summary>Whether it is a number that every machine has, or an address whose region and offset are.</summary>
    private static bool IsKnown(Machine* m, int register)
    {
        uint provenance = m->Provenance[register];
        if (provenance == Provenance.Scalar) return true;
        if (!Provenance.IsPointer(provenance) || (provenance & Provenance.VolatileOffset) != 0) return false;
        uint region = Provenance.RegionOf(provenance);
        return region == Regions.None || region == m->Registers[register] >> 32;
    }
}
