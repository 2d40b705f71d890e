using BpfConformance.Abi.Programs;

namespace BpfConformance.Jit.X64;

/// <summary>What happens seldom and is emitted behind the program.</summary>
internal enum SideCodeKind : byte
{
    /// <summary>One access is looked up.</summary>
    Check,

    /// <summary>Instructions once more, with every access looked up: what was proven together did not hold.</summary>
    Again,
    Fault,

    /// <summary>A block was charged that takes more than was left: it is begun all the same, unless that was nothing.</summary>
    Overdrawn,
    OutOfBudget,

    /// <summary>dst = 0.</summary>
    Zero,

    /// <summary>dst = −dst.</summary>
    Negate,

    /// <summary>The upper half of dst = 0.</summary>
    Truncate,

    /// <summary>A routine that finds the value of a key.</summary>
    Lookup,
}

/// <summary>One such piece of code.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Pc">The instruction it belongs to.</param>
/// <param name="Label">Where it begins.</param>
/// <param name="Back">Where it goes on, unless it ends the run.</param>
internal readonly record struct SideCode(SideCodeKind Kind, int Pc, int Label, int Back)
{
    /// <summary>For checks: the operand.</summary>
    public X64Memory Memory { get; init; }

    /// <summary>For checks: its bytes.</summary>
    public int Bytes { get; init; }

    public bool IsStore { get; init; }

    public FaultKind Fault { get; init; }

    /// <summary>For instructions once more: the last of them.</summary>
    public int LastPc { get; init; }

    /// <summary>For blocks: their instructions.</summary>
    public int Charged { get; init; }

    /// <summary>For lookups: its index among those of the program.</summary>
    public int Lookup { get; init; }

    public X64Register Dst { get; init; }

    public bool IsWide { get; init; }
}
