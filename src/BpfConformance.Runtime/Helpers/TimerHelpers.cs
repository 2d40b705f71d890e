using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Timers in values of maps (kernel/bpf/helpers.c, 6.18, bpf_timer_*), on the virtual clock. r1 is the timer.</summary>
internal static unsafe class TimerHelpers
{
    /// <summary>The number of <c>bpf_timer_set_callback</c>.</summary>
    public const int SetCallbackNumber = 170;

    /// <summary>ktime_t has a sign; its greatest value never comes (KTIME_MAX).</summary>
    private const ulong Never = long.MaxValue;

    /// <summary>r2 is the map that the value is in, r3 a clock.</summary>
    public static FaultKind Init(Machine* m)
    {
        if (Find(m) is not { } place || MapSet.Of(m, m->Registers[2]) != place.Map) return FaultKind.InvalidPointer;
        ulong clock = m->Registers[3];
        ref ValueTimer timer = ref place.Map.Timers![place.Element]; // a map with such a field has them
        if (clock is not (Timers.ClockRealtime or Timers.ClockMonotonic or Timers.ClockBoottime)) return Give(m, Errno.EINVAL);
        if (timer.IsThere) return Give(m, Errno.EBUSY);
        timer.IsThere = true;
        return Give(m, Errno.None);
    }

    /// <summary>r2 is a function of the program.</summary>
    public static FaultKind SetCallback(Machine* m)
    {
        if (Find(m) is not { } place || Callbacks.FunctionAt(m, m->Registers[2]) is not (>= 0 and var function)) return FaultKind.InvalidPointer;
        ref ValueTimer timer = ref place.Map.Timers![place.Element];
        if (!timer.IsThere) return Give(m, Errno.EINVAL);
        timer.CallbackPlusOne = function + 1;
        return Give(m, Errno.None);
    }

    /// <summary>r2 is how many nanoseconds are to pass, or when it is to be, r3 flags.</summary>
    public static FaultKind Start(Machine* m)
    {
        if (Find(m) is not { } place) return FaultKind.InvalidPointer;
        (ulong nanoseconds, ulong flags) = (m->Registers[2], m->Registers[3]);
        ref ValueTimer timer = ref place.Map.Timers![place.Element];
        bool isRight = (flags & ~(Timers.Absolute | Timers.SameProcessor)) == 0 && timer.IsThere && timer.CallbackPlusOne != 0;
        if (!isRight) return Give(m, Errno.EINVAL);
        timer.Due = (flags & Timers.Absolute) != 0 ? (ulong)Math.Max((long)nanoseconds, 0) : After(m->ClockNanoseconds, nanoseconds);
        (timer.IsStarted, timer.Order) = (true, m->TimersStarted++);
        return Give(m, Errno.None);
    }

    /// <summary>What was started is not, and what was to be called back is forgotten. No callback cancels the timer that calls it.</summary>
    public static FaultKind Cancel(Machine* m)
    {
        if (Find(m) is not { } place) return FaultKind.InvalidPointer;
        ref ValueTimer timer = ref place.Map.Timers![place.Element];
        if (!timer.IsThere) return Give(m, Errno.EINVAL);
        if (IsCallingBack(m, place)) return Give(m, Errno.EDEADLK);
        m->Registers[0] = timer.IsStarted ? 1u : 0;
        (timer.IsStarted, timer.CallbackPlusOne) = (false, 0);
        return FaultKind.None;
    }

    /// <summary>The next timer whose time comes before everything else happens, if there is one: what it calls back, and the map, the key and the value for it.</summary>
    public static bool Step(Machine* m, CallbackWalk* walk)
    {
        (ulong Due, ulong Order) before = (m->SettledAt + 1, 0);
        walk->Map = Callbacks.None;
        for (int map = 0; map < MapSet.CountOf(m); map++)
        {
            if (MapSet.At(m, map).Timers?.FirstBefore(ref before) is >= 0 and var element) (walk->Map, walk->Element) = (map, element);
        }

        if (walk->Map == Callbacks.None) return false;
        ref ValueTimer timer = ref MapSet.At(m, walk->Map).Timers![walk->Element];
        timer.IsStarted = false;
        m->ClockNanoseconds = Math.Max(m->ClockNanoseconds, timer.Due);
        walk->Function = timer.CallbackPlusOne - 1;
        Callbacks.SetElement(m, walk, walk->Element);
        return true;
    }

    /// <summary>ktime_add_safe (kernel/time/hrtimer.c, 6.18).</summary>
    private static ulong After(ulong clock, ulong nanoseconds)
    {
        long sum = unchecked((long)(clock + nanoseconds));
        return sum < (long)clock || sum < (long)nanoseconds ? Never : (ulong)sum;
    }

    private static bool IsCallingBack(Machine* m, ValuePlace place) =>
        m->OpenWalks > 0 && m->Walks[0] is { Helper: Callbacks.RunTimers } walk && (walk.Map, walk.Element) == (place.Index, place.Element);

    private static ValuePlace? Find(Machine* m) =>
        ValuePlace.Of(m, m->Registers[(int)Register.R1]) is { } place && place.Map.Fields.HasTimer && place.Offset == place.Map.Fields.Timer ? place : null;

    private static FaultKind Give(Machine* m, Errno error)
    {
        m->Registers[0] = unchecked((ulong)-(long)error);
        return FaultKind.None;
    }
}
