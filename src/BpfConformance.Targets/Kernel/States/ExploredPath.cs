using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Targets.Kernel.States;

/// <summary>Where a log goes back to.</summary>
/// <param name="Length">So many instructions of the path are kept.</param>
/// <param name="Splits">Whether what follows is what followed before.</param>
internal readonly record struct WayBack(int Length, bool Splits);

/// <summary>
/// The path that a log is on. The verifier follows one, and puts down at which of its instructions others begin; those it takes up
/// again, the last first, when the path is at its end (kernel/bpf/verifier.c, 6.18, push_stack and pop_stack). The log says
/// <c>from 5 to 9</c>, which leaves open which time it came to 5: that is known where only one can be meant.
/// </summary>
/// <param name="program">The slots, as the log counts them.</param>
internal sealed class ExploredPath(Instruction[] program)
{
    private const int None = -1;

    /// <param name="Pc">Its slot.</param>
    /// <param name="Before">Where the path came to the same slot last; −1: it did not.</param>
    /// <param name="IsDecided">Whether the verifier knew where it leads: no path begins here.</param>
    /// <param name="IsUnsure">Whether what stands before it is not all of the path, or not only.</param>
    private readonly record struct Place(int Pc, int Before, bool IsDecided, bool IsUnsure);

    private readonly List<Place> _places = [];
    private readonly int[] _last = Enumerable.Repeat(None, program.Length).ToArray();

    public int Length => _places.Count;

    /// <summary>Whether it cannot be said which path this is.</summary>
    public bool IsLost { get; private set; }

    public void Add(int pc)
    {
        _places.Add(new Place(pc, _last[pc], IsDecided: false, IsLost));
        _last[pc] = _places.Count - 1;
    }

    /// <summary>The verifier knew where the last instruction leads.</summary>
    public void Decide()
    {
        if (_places.Count > 0) CollectionsMarshal.AsSpan(_places)[^1] = _places[^1] with { IsDecided = true };
    }

    /// <summary>Which path this is is not known any more; what it has can still be part of it.</summary>
    public void Lose() => IsLost = true;

    /// <summary>Takes up the path that leads from one slot to another; <c>null</c>: it cannot be said which.</summary>
    public WayBack? Return(int from, int to)
    {
        if ((uint)from >= (uint)program.Length) return Lost();
        bool isCondition = JumpTargets.IsJump(program[from]) && JumpTargets.Of(program[from], from) != from + 1;
        int found = Candidate(_last[from], to, isCondition);
        if (found == None || Candidate(_places[found].Before, to, isCondition) != None)
        {
            if (found != None) Cut(found + 1);
            return Lost();
        }

        IsLost = _places[found].IsUnsure;
        bool splits = found + 1 < _places.Count && _places[found + 1].Pc == to;
        Cut(found + 1);
        return IsLost ? null : new WayBack(found + 1, splits);
    }

    private WayBack? Lost()
    {
        IsLost = true;
        return null;
    }

    /// <summary>The last place, from one on, at which a path to a slot can begin.</summary>
    private int Candidate(int place, int to, bool isCondition)
    {
        while (place != None && (_places[place].IsDecided || (isCondition && place + 1 < _places.Count && _places[place + 1].Pc == to))) place = _places[place].Before;
        return place;
    }

    private void Cut(int length)
    {
        for (int place = _places.Count - 1; place >= length; place--) _last[_places[place].Pc] = _places[place].Before;
        CollectionsMarshal.SetCount(_places, length);
    }
}
