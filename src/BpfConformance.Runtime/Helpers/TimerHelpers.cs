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
        if (clock is not (Timers.ClockRealtime or Timers.ClockMonotonic or Timers.ClockBoottime)) return Packet.Done(m, Packet.InvalidArgument);
        if (timer.IsThere) return Packet.Done(m, -(long)Errno.EBUSY);
        timer.IsThere = true;
        return Packet.Done(m, 0);
    }

    /// <summary>r2 is a function of the program.</summary>
    public static FaultKind SetCallback(Machine* m)
    {
        if (Find(m) is not { } place || Callbacks.FunctionAt(m, m->Registers[2]) is not (>= 0 and var function)) return FaultKind.InvalidPointer;
        ref ValueTimer timer = ref place.Map.Timers![place.Element];
        if (!timer.IsThere) return Packet.Done(m, Packet.InvalidArgument);
        timer.CallbackPlusOne = function + 1;
        return Packet.Done(m, 0);
    }

    /// <summary>r2 is how many nanoseconds are to pass, or when it is to be, r3 flags.</summary>
    public static FaultKind Start(Machine* m)
    {
        if (Find(m) is not { } place) return FaultKind.InvalidPointer;
        (ulong nanoseconds, ulong flags) = (m->Registers[2], m->Registers[3]);
        ref ValueTimer timer = ref place.Map.Timers![place.Element];
        bool isRight = (flags & ~(Timers.Absolute | Timers.SameProcessor)) == 0 && timer.IsThere && timer.CallbackPlusOne != 0;
        if (!isRight) return Packet.Done(m, Packet.InvalidArgument);
        bool isAbsolute = (flags & Timers.Absolute) != 0;
        ulong due = isAbsolute ? (ulong)Math.Max((long)nanoseconds, 0) : After(m->ClockNanoseconds, nanoseconds);
        if (!IsKnown(m, due, isAbsolute)) Packet.LeaveOpen(m);
        place.Map.Timers.Start(place.Element, due, m->TimersStarted++);
        return Packet.Done(m, 0);
    }

    /// <summary>What was started is not, and what was to be called back is forgotten. No callback cancels the timer that calls it.</summary>
    public static FaultKind Cancel(Machine* m)
    {
        if (Find(m) is not { } place) return FaultKind.InvalidPointer;
        ref ValueTimer timer = ref place.Map.Timers![place.Element];
        if (!timer.IsThere) return Packet.Done(m, Packet.InvalidArgument);
        if (IsCallingBack(m, place)) return Packet.Done(m, -(long)Errno.EDEADLK);
        timer.CallbackPlusOne = 0;
        return Packet.Done(m, place.Map.Timers.TryStop(place.Element) ? 1 : 0);
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
        ValueTimers timers = MapSet.At(m, walk->Map).Timers!;
        _ = timers.TryStop(walk->Element);
        ref ValueTimer timer = ref timers[walk->Element];
        m->ClockNanoseconds = Math.Max(m->ClockNanoseconds, timer.Due);
        walk->Function = timer.CallbackPlusOne - 1;
        Callbacks.SetElement(m, walk, walk->Element);
        return true;
    }

    /// <summary>
    /// Whether every machine calls back either before anything else happens or not as long as the case lasts, counted from the beginning of the run.
    /// How long a program takes is each machine's own, and so are all clocks: a time of theirs that is not over everywhere is far away only where none of them comes.
    /// </summary>
    private static bool IsKnown(Machine* m, ulong due, bool isAbsolute)
    {
        if (m->SettledAt == 0) return false;
        ulong begin = m->SettledAt - Timers.SettleNanoseconds;
        return isAbsolute ? due <= begin || due >= Timers.FarTime : due <= begin + Timers.SoonNanoseconds || due - begin >= Timers.FarNanoseconds;
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
}
