namespace BpfConformance.Runtime.Maps;

/// <summary>The timers in the values of a map, by element: there once they are initialized, and gone with what is in the element.</summary>
internal sealed class ValueTimers(int elements)
{
    private readonly ValueTimer[] _timers = new ValueTimer[elements];

    /// <summary>Those that are started, in the order in which they call back.</summary>
    private readonly SortedSet<(ulong Due, ulong Order, int Element)> _started = [];

    public ref ValueTimer this[int element] => ref _timers[element];

    /// <summary>The one that is started and comes first, if it comes before another.</summary>
    /// <param name="before">Becomes its time, and its place among those of the same time.</param>
    /// <returns>Its element; negative: none does.</returns>
    public int FirstBefore(ref (ulong Due, ulong Order) before)
    {
        if (_started.Count == 0) return -1;
        (ulong due, ulong order, int element) = _started.Min;
        if ((due, order).CompareTo(before) >= 0) return -1;
        before = (due, order);
        return element;
    }

    /// <summary>From now on only this time counts.</summary>
    public void Start(int element, ulong due, ulong order)
    {
        _ = TryStop(element);
        ref ValueTimer timer = ref _timers[element];
        (timer.IsStarted, timer.Due, timer.Order) = (true, due, order);
        _started.Add((due, order, element));
    }

    /// <summary>Whether it was started.</summary>
    public bool TryStop(int element)
    {
        ref ValueTimer timer = ref _timers[element];
        if (!timer.IsStarted) return false;
        timer.IsStarted = false;
        return _started.Remove((timer.Due, timer.Order, element));
    }

    /// <summary>bpf_timer_cancel_and_free.</summary>
    public void Free(int element)
    {
        _ = TryStop(element);
        _timers[element] = default;
    }

    public void Clear()
    {
        Array.Clear(_timers);
        _started.Clear();
    }
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
