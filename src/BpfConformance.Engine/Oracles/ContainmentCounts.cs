namespace BpfConformance.Engine.Oracles;

/// <summary>How much of some runs was held against what a verifier believed.</summary>
/// <param name="Explorations">Programs whose verification was followed.</param>
/// <param name="Runs">Runs of them.</param>
/// <param name="Steps">Instructions that these came to.</param>
/// <param name="ComparedSteps">Those at which it was known what was believed.</param>
/// <param name="Numbers">Registers that held numbers before these.</param>
/// <param name="ComparedNumbers">Those of which something was believed.</param>
/// <param name="Pruned">Runs that could be followed to where their path was pruned.</param>
/// <param name="Ended">Runs that could be followed to their end.</param>
public readonly record struct ContainmentCounts(
    long Explorations, long Runs, long Steps, long ComparedSteps, long Numbers, long ComparedNumbers, long Pruned, long Ended)
{
    public static ContainmentCounts operator +(in ContainmentCounts one, in ContainmentCounts other) => new(
        one.Explorations + other.Explorations,
        one.Runs + other.Runs,
        one.Steps + other.Steps,
        one.ComparedSteps + other.ComparedSteps,
        one.Numbers + other.Numbers,
        one.ComparedNumbers + other.ComparedNumbers,
        one.Pruned + other.Pruned,
        one.Ended + other.Ended);
}
