namespace BpfConformance.Harnesses;

/// <summary>Who looks for inputs.</summary>
public enum FuzzEngine
{
    /// <summary>A loop of our own.</summary>
    Managed,

    LibFuzzer,

    Afl,
}

/// <summary>What was asked for.</summary>
/// <param name="Engine">Who looks.</param>
/// <param name="Harness">What is given the inputs.</param>
/// <param name="Time">How long; <c>null</c>: until somebody ends it.</param>
/// <param name="Seed">Of all decisions.</param>
/// <param name="Jobs">How many look at the same time.</param>
/// <param name="Corpus">Where the working corpus lies; <c>null</c>: where it always does.</param>
internal sealed record FuzzOptions(FuzzEngine Engine, Harness Harness, TimeSpan? Time, int Seed, int Jobs, string? Corpus)
{
    /// <summary>Before what is told of it.</summary>
    public string Title => $"{FuzzCommand.NameOf(Engine)} {Harness.Name}";

    public FuzzFolders Folders { get; } = new(Harness.Name, Corpus);
}
