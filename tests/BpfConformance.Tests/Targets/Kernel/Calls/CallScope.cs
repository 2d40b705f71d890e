namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>What may be done in a function.</summary>
/// <param name="Level">How many functions are above it.</param>
/// <param name="Slots">Words of its stack, all of them initialised.</param>
/// <param name="Scalars">How many of r7–r9 hold numbers.</param>
internal sealed record CallScope(int Level, int Slots, int Scalars = 3)
{
    /// <summary>Whether r6 is the context: then it may read the packet and tail call.</summary>
    public bool HasContext { get; init; }

    /// <summary>Whether helpers call it, or what they call does: how deep.</summary>
    public int Callbacks { get; init; }

    /// <summary>Whether r6 is what the helper was given.</summary>
    public bool HasGiven { get; init; }

    /// <summary>How many branches lead past what comes next.</summary>
    public int Branches { get; init; }

    /// <summary>Not where the hash is gone through: what becomes of that is not laid down.</summary>
    public bool MayChangeHash { get; init; } = true;
}
