namespace BpfConformance.Engine.Generation.Valid;

/// <summary>The local functions of a program: what they take, and who calls them. One calls only those that are written after it.</summary>
internal sealed class DraftFunctions
{
    private const int Most = 6;

    private readonly List<FunctionSignature> _functions = new(Most);
    private readonly List<(int Slot, int Function)> _calls = new(16);

    /// <summary>The one that is written now; negative: the program itself.</summary>
    public int Current { get; private set; }

    public int Count => _functions.Count;

    /// <summary>Whether there can be another.</summary>
    public bool HasRoom => Count < Most;

    public FunctionSignature this[int index] => _functions[index];

    /// <summary>Of the one that is written now: how many frames are below it.</summary>
    public int Depth => Current < 0 ? 0 : _functions[Current].Depth;

    public void Clear()
    {
        _functions.Clear();
        _calls.Clear();
        Current = -1;
    }

    public void Begin(int index) => Current = index;

    public int Add(FunctionSignature signature)
    {
        _functions.Add(signature);
        return Count - 1;
    }

    /// <summary>The function that is written now calls one.</summary>
    public void NoteCall(int slot, int function)
    {
        _calls.Add((slot, function));
        if (_functions[function].Depth <= Depth) _functions[function] = _functions[function] with { Depth = Depth + 1 };
    }

    /// <summary>A function begins at the next slot: calls lead there.</summary>
    public void Place(ProgramDraft draft, int function)
    {
        foreach ((int slot, int called) in _calls)
        {
            if (called == function) draft.LeadHere(slot);
        }
    }
}
