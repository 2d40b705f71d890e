using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Targets.Kernel.States;

/// <summary>Where a log goes back to.</summary>
/// <param name="Length">So many instructions of the path are kept.</param>
/// <param name="Splits">Whether it goes on as it went on before.</param>
internal readonly record struct WayBack(int Length, bool Splits);

/// <summary>Whether another path begins at an instruction.</summary>
internal enum Fork : byte
{
    /// <summary>It may be: the log does not say of conditions on pointers whether they were decided.</summary>
    Possible,
    None,
    Certain,
}

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
    /// <param name="Fork">Whether another path begins here.</param>
    /// <param name="IsUnsure">Whether what stands before it is not all of the path, or not only.</param>
    private readonly record struct Place(int Pc, int Before, Fork Fork, bool IsUnsure);

    private readonly List<Place> _places = [];
    private readonly int[] _last = Enumerable.Repeat(None, program.Length).ToArray();

    /// <summary>Whether it cannot be said which path this is.</summary>
    public bool IsLost { get; private set; }

    public void Add(int pc)
    {
        _places.Add(new Place(pc, _last[pc], Fork.Possible, IsLost));
        _last[pc] = _places.Count - 1;
    }

    /// <summary>Says of the last instruction whether another path begins there.</summary>
    public void Mark(Fork fork)
    {
        if (_places.Count > 0) CollectionsMarshal.AsSpan(_places)[^1] = _places[^1] with { Fork = fork };
    }

    /// <summary>Which path this is is not known any more; what it has can still be part of it.</summary>
    public void Lose() => IsLost = true;

    /// <summary>Takes up the path that leads from one slot to another; <c>null</c>: it cannot be said which.</summary>
    public WayBack? Return(int from, int to)
    {
        if ((uint)from >= (uint)program.Length) return Lost();
        bool isCondition = JumpTargets.IsJump(program[from]) && JumpTargets.Of(program[from], from) != from + 1;
        int found = Candidate(_last[from], to, isCondition);
        bool isOne = found != None && (_places[found].Fork == Fork.Certain || Candidate(_places[found].Before, to, isCondition) == None);
        if (!isOne)
        {
            if (found != None) Cut(found + 1);
            return Lost();
        }

        IsLost = _places[found].IsUnsure;
        bool isAgain = !isCondition && from == to; // maybe_fork_scalars: with one of two numbers
        bool splits = isAgain || (found + 1 < _places.Count && _places[found + 1].Pc == to);
        Cut(found + 1);
        Mark(Fork.None); // this was it
        int length = isAgain ? found : found + 1;
        Cut(length);
        return IsLost ? null : new WayBack(length, splits);
    }

    private WayBack? Lost()
    {
        IsLost = true;
        return null;
    }

    /// <summary>The last place, from one on, at which a path to a slot can begin.</summary>
    private int Candidate(int place, int to, bool isCondition)
    {
        while (place != None && (_places[place].Fork == Fork.None || (isCondition && place + 1 < _places.Count && _places[place + 1].Pc == to))) place = _places[place].Before;
        return place;
    }

    private void Cut(int length)
    {
        for (int place = _places.Count - 1; place >= length; place--) _last[_places[place].Pc] = _places[place].Before;
        CollectionsMarshal.SetCount(_places, length);
    }
}
