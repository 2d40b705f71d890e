namespace BpfConformance.Engine.Generation.Valid;

/// <summary>How the programs of a case are to be, where that is not left to chance.</summary>
internal sealed record CasePlan
{
    public static CasePlan Usual { get; } = new();

    /// <summary>Slots on average; 0: as many as the limits say.</summary>
    public int Slots { get; init; }

    /// <summary>Bytes of the memory that a program without a hook is given; 0: that is left to chance.</summary>
    public int MemoryBytes { get; init; }

    /// <summary>The most words of the stack that a program uses.</summary>
    public int Words { get; init; } = 24;

    /// <summary>Bytes of the stack above them.</summary>
    public int GapBytes { get; init; }

    /// <summary>Whether there is a hook, where the machines have any.</summary>
    public bool NeedsContext { get; init; }

    /// <summary>Whether programs can call.</summary>
    public bool MustCall { get; init; }

    /// <summary>Whether they call nothing.</summary>
    public bool IsLeaf { get; init; }

    /// <summary>Whether the functions call each other until there is no further frame.</summary>
    public bool CallsDeep { get; init; }

    /// <summary>A step that is taken once, somewhere behind the first third of the program; <c>null</c>: none is.</summary>
    public Step? Special { get; init; }
}
