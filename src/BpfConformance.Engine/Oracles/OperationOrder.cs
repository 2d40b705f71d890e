using System.Collections;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Oracles;

/// <summary>
/// Looks for an order of the operations of two threads, each thread's in its own order, in which every operation finds
/// what the one before it left; the first finds zero. Where both threads could go on, one way is followed and the other
/// remembered. Linear when the values of the cell are unique; at worst two visits for each pair of positions.
/// </summary>
internal ref struct OperationOrder(RecordList first, RecordList second)
{
    private readonly RecordList _first = first;
    private readonly RecordList _second = second;
    private readonly Stack<Position> _open = new();

    /// <summary>Where the search has been since its first choice, after which thread's operation: what is in the cell follows.</summary>
    private BitArray? _seen;

    /// <summary>The position that the search came furthest to: where it is stuck, when there is no order.</summary>
    public Position Furthest { get; private set; }

    /// <summary>Whether there is an order after which the cell holds <paramref name="end"/>.</summary>
    public bool EndsWith(ulong end)
    {
        _open.Push(default);
        while (_open.TryPop(out Position position))
        {
            if (Follow(position, end)) return true;
        }

        return false;
    }

    private bool Follow(Position at, ulong end)
    {
        while (true)
        {
            if (at.First + at.Second > Furthest.First + Furthest.Second) Furthest = at;
            if (at.First == _first.Count && at.Second == _second.Count) return at.Cell == end;

            bool canFirst = at.First < _first.Count && _first.Before(at.First) == at.Cell;
            bool canSecond = at.Second < _second.Count && _second.Before(at.Second) == at.Cell;
            if (!canFirst && !canSecond) return false;

            // Whatever comes later, an operation that changes nothing may as well come now.
            bool isFirst = canFirst && (!canSecond || _second.After(at.Second) != at.Cell);
            bool isChoice = isFirst && canSecond && _first.After(at.First) != at.Cell;
            if ((isChoice || _seen is not null) && !IsNew(at)) return false;
            if (isChoice) _open.Push(AfterSecond(at));
            at = isFirst ? new Position(at.First + 1, at.Second, IsBySecond: false, _first.After(at.First)) : AfterSecond(at);
        }
    }

    private bool IsNew(in Position at)
    {
        _seen ??= new BitArray(2 * (_first.Count + 1) * (_second.Count + 1));
        int index = (2 * ((at.First * (_second.Count + 1)) + at.Second)) + (at.IsBySecond ? 1 : 0);
        bool wasSeen = _seen[index];
        _seen[index] = true;
        return !wasSeen;
    }

    private readonly Position AfterSecond(in Position at) =>
        new(at.First, at.Second + 1, IsBySecond: true, _second.After(at.Second));

    /// <summary>How far an order has come.</summary>
    /// <param name="First">Operations of the first thread that are done.</param>
    /// <param name="Second">Those of the second.</param>
    /// <param name="IsBySecond">Whether the last of them was the second thread's.</param>
    /// <param name="Cell">What it left.</param>
    internal readonly record struct Position(int First, int Second, bool IsBySecond, ulong Cell);
}
