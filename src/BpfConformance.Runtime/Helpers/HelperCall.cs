using System.Numerics;
using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>How every engine calls a helper, so that all keep one and the same trace.</summary>
public static unsafe class HelperCall
{
    /// <summary>Calls it, with r1–r5 of the machine; its result is in r0 of the machine.</summary>
    /// <param name="m">The machine.</param>
    /// <param name="number">The helper's.</param>
    /// <param name="helper">Its implementation: <see cref="HelperSet.Find"/> of that number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FaultKind Invoke(Machine* m, ulong number, delegate*<Machine*, FaultKind> helper) =>
        m->HelperTrace.IsKept ? InvokeTraced(m, number, helper) : helper(m);

    /// <summary>Takes a call into the trace, if one is kept.</summary>
    internal static void Begin(Machine* m, ulong number)
    {
        if (!m->HelperTrace.IsKept || !TracedHelper.Has(number)) return;
        m->HelperTrace.Calls++;
        m->HelperTrace.Add(number);
        for (int rest = TracedHelper.Of(number).Arguments; rest != 0; rest &= rest - 1)
        {
            m->HelperTrace.Add(Placed(m, m->Registers[BitOperations.TrailingZeroCount(rest)]));
        }
    }

    /// <summary>The same of what it has given.</summary>
    internal static void End(Machine* m, ulong number)
    {
        if (!m->HelperTrace.IsKept || !TracedHelper.Has(number)) return;
        if (TracedHelper.Of(number).HasResult) m->HelperTrace.Add(Placed(m, m->Registers[(int)Register.R0]));
    }

    private static FaultKind InvokeTraced(Machine* m, ulong number, delegate*<Machine*, FaultKind> helper)
    {
        Begin(m, number);
        FaultKind fault = helper(m);
        if (fault == FaultKind.None) End(m, number);
        return fault;
    }

    /// <summary>A value as machines of either addressing have it: an address becomes region and offset, and which of the stacks it is in is each engine's own.</summary>
    private static ulong Placed(Machine* m, ulong value)
    {
        ulong region = (value - m->Origin) >> m->RegionShift;
        if (region < m->RegionCount) value = Regions.Address((int)region, (uint)(value - m->Regions[region].Start));
        bool isOnStack = value >> 32 >= m->FirstStack && value >> 32 < m->RegionCount;
        return isOnStack ? Regions.Address((int)m->FirstStack, (uint)value) : value;
    }
}
