namespace BpfConformance.Mutants.Diagnosis;

/// <summary>A known bug that a target behaves as if it had.</summary>
/// <param name="Mutant">The first that fits.</param>
/// <param name="Others">How many more explain the same wrong runs, and no fewer, and do what is right elsewhere.</param>
/// <param name="Programs">Failing programs in which it shows.</param>
/// <param name="First">The smallest operands that show it, and where; <c>null</c>: none were found.</param>
public sealed record Likeness(Mutant Mutant, int Others, int Programs, string? First)
{
    /// <summary>As what follows "as if".</summary>
    public override string ToString()
    {
        string first = First is null ? string.Empty : $"; first at {First}";
        string others = Others == 0 ? string.Empty : $"; {Others} other {(Others == 1 ? "bug looks" : "bugs look")} the same";
        return $"{Mutant.Behavior}{first}{others}";
    }
}
