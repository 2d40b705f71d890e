namespace BpfConformance.Engine.Targets;

/// <summary>What a load took.</summary>
/// <param name="VerifiedInstructions">Instructions that the verifier went through, on all paths together; <c>null</c>: not seen.</param>
/// <param name="CodeBytes">Bytes of the code that was emitted; <c>null</c>: not seen.</param>
public readonly record struct LoadCost(long? VerifiedInstructions, long? CodeBytes)
{
    /// <summary>Of two programs together.</summary>
    public static LoadCost operator +(LoadCost left, LoadCost right) =>
        new(left.VerifiedInstructions + right.VerifiedInstructions, left.CodeBytes + right.CodeBytes);
}
