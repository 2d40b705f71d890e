namespace BpfConformance.Mutants.Diagnosis;

/// <summary>Which bug a failing target behaves like.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Mutant">The first that fits, or comes closest; <c>null</c>: there was nothing to compare.</param>
/// <param name="Others">How many more do exactly the same in all that was asked.</param>
/// <param name="Agreed">Runs in which target and mutant agree.</param>
/// <param name="Asked">Runs that were compared.</param>
/// <param name="First">The smallest operands that show it, and where; <c>null</c>: none were found.</param>
public sealed record Likeness(string Target, Mutant? Mutant, int Others, int Agreed, int Asked, string? First)
{
    /// <summary>Whether nothing was asked, for want of time or because the run was interrupted.</summary>
    public bool IsCutShort { get; init; }

    /// <summary>Whether the mutant explains everything that was seen.</summary>
    public bool Fits => Mutant is not null && Agreed == Asked;

    /// <summary>One sentence.</summary>
    public override string ToString()
    {
        if (IsCutShort) return $"{Target}: not diagnosed: there was no time to ask it again";
        if (Mutant is null) return $"{Target}: no known bug explains the failures: none is of a run that the reference gets right";
        if (!Fits) return $"{Target}: no known bug explains all failures; closest, in {Agreed} of {Asked} runs: as if {Mutant.Behavior}";

        string first = First is null ? string.Empty : $"; first at {First}";
        string others = Others == 0 ? string.Empty : $"; {Others} other {(Others == 1 ? "bug looks" : "bugs look")} the same";
        return $"{Target} behaves as if {Mutant.Behavior}{first}{others}";
    }
}
