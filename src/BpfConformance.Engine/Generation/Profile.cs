namespace BpfConformance.Engine.Generation;

/// <summary>A kind of generated cases.</summary>
/// <param name="Name">As in <c>--profile</c>.</param>
/// <param name="Weight">How many ranges of cases it has of a campaign of several profiles, beside the others' weights.</param>
/// <param name="Create">Makes a generator, for one thread.</param>
public sealed record Profile(string Name, int Weight, Func<IProgramGenerator> Create)
{
    /// <summary>Whether it changes programs anywhere: some of these break the verifier of a kernel, which does not get them.</summary>
    public bool IsMutating { get; init; }
}
