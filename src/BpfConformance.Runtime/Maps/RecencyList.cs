namespace BpfConformance.Runtime.Maps;

/// <summary>Elements in the order in which they were last used.</summary>
internal sealed class RecencyList
{
    // A ring with a head that is no element: its successor was used last, its predecessor the longest ago.
    private readonly int[] _before;
    private readonly int[] _after;
    private readonly int _head;

    /// <param name="elements">How many elements there may be.</param>
    public RecencyList(int elements)
    {
        (_before, _after, _head) = (new int[elements + 1], new int[elements + 1], elements);
        Clear();
    }

    /// <summary>What was not used for the longest time; there must be something.</summary>
    public int Oldest => _before[_head];

    public void Add(int element)
    {
        int second = _after[_head];
        (_before[element], _after[element]) = (_head, second);
        _after[_head] = _before[second] = element;
    }

    public void Remove(int element)
    {
        _after[_before[element]] = _after[element];
        _before[_after[element]] = _before[element];
    }

    public void Use(int element)
    {
        Remove(element);
        Add(element);
    }

    public void Clear() => _before[_head] = _after[_head] = _head;
}
