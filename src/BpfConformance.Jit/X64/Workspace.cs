using BpfConformance.Runtime.Maps;

namespace BpfConformance.Jit.X64;

/// <summary>What a compilation needs and the next one can use again: one for each thread.</summary>
internal sealed class Workspace
{
    [ThreadStatic]
    private static Workspace? t_current;

    /// <summary>A buffer of this size is not kept: it was for a program out of the ordinary.</summary>
    private const int LargestKeptBytes = 1 << 20;

    public Emitter Code;

    public static Workspace Current => t_current ??= new Workspace();

    public CodeLayout Layout { get; } = new();

    public Liveness Liveness { get; } = new();

    public List<SideCode> SideCodes { get; } = [];

    /// <summary>Where code at the side begins that is of one instruction: a label and a pc.</summary>
    public List<(int Label, int Pc)> SidePlaces { get; } = [];

    /// <summary>The tables that are looked into, and the label of the routine of each.</summary>
    public List<(DirectLookup Lookup, int Label)> Lookups { get; } = [];

    public AccessGroup Group { get; } = new();

    /// <summary>Begins again.</summary>
    /// <param name="labels">How many labels there are from the start.</param>
    public void Clear(int labels)
    {
        if (Code.Position > LargestKeptBytes) Code.Free();
        Code.Clear();
        Layout.Clear(labels);
        SideCodes.Clear();
        SidePlaces.Clear();
        Lookups.Clear();
    }
}
