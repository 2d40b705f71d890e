namespace BpfConformance.Runtime.Maps;

/// <summary>The timers in the values of a map, by element: there once they are initialized, and gone with what is in the element.</summary>
internal sealed class ValueTimers(int elements)
{
    private readonly ValueTimer[] _timers = new ValueTimer[elements];

    public ref ValueTimer this[int element] => ref _timers[element];

    /// <summary>The one that is started and comes first, if it comes before another.</summary>
    /// <param name="before">Becomes its time, and its place among those of the same time.</param>
    /// <returns>Its element; negative: none does.</returns>
    public int FirstBefore(ref (ulong Due, ulong Order) before)
    {
        int first = -1;
        for (int element = 0; element < _timers.Length; element++)
        {
            ref readonly ValueTimer timer = ref _timers[element];
            if (!timer.IsStarted || (timer.Due, timer.Order).CompareTo(before) >= 0) continue;
            (first, before) = (element, (timer.Due, timer.Order));
        }

        return first;
    }

    /// <summary>bpf_timer_cancel_and_free.</summary>
    public void Free(int element) => _timers[element] = default;

    public void Clear() => Array.Clear(_timers);
}

/// <summary>A timer in a value.</summary>
internal struct ValueTimer
{
    /// <summary>Whether bpf_timer_init has made it.</summary>
    public bool IsThere;

    /// <summary>The pc of what it calls back, and one; 0: nothing.</summary>
    public int CallbackPlusOne;

    public bool IsStarted;

    /// <summary>When, in nanoseconds of the virtual clock.</summary>
    public ulong Due;

    /// <summary>Of timers with the same time the first that was started calls back first.</summary>
    public ulong Order;
}
