namespace BpfConformance.Engine.Comparison;

/// <summary>The comparable parts of a run.</summary>
[Flags]
public enum Facets
{
    None = 0,
    Status = 1,
    R0 = 2,
    Registers = 4,
    Data = 8,
    FaultKind = 16,
    FaultPc = 32,
    Instructions = 64,

    /// <summary>All runs together, where a case states only their <see cref="Comparison.Signature"/>.</summary>
    Signature = 128,

    /// <summary>What is in the maps afterwards.</summary>
    Maps = 256,

    /// <summary>The context afterwards.</summary>
    Context = 512,

    /// <summary>Which helpers were called, with what, and what they gave.</summary>
    HelperTrace = 1024,

    All = Status | R0 | Registers | Data | FaultKind | FaultPc | Instructions | Maps | Context | HelperTrace,
}

/// <summary>What an oracle wants compared; what a machine did not see is never compared.</summary>
/// <param name="Facets">The parts.</param>
/// <param name="R0">The bits of r0.</param>
public readonly record struct Mask(Facets Facets, ulong R0 = ulong.MaxValue)
{
    public static Mask Everything => new(Facets.All);
}
