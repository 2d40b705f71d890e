namespace BpfConformance.Harnesses;

/// <summary>Where the inputs of a harness lie, from the root of the checkout on.</summary>
/// <param name="harness">Its name.</param>
/// <param name="corpus">The working corpus, where it lies elsewhere; <c>null</c>: it does not.</param>
internal sealed class FuzzFolders(string harness, string? corpus = null)
{
    /// <summary>What is built or can be thrown away.</summary>
    public static string Root { get; } = Path.Combine("artifacts", "fuzz");

    /// <summary>A few small inputs that are kept with the code.</summary>
    public InputFolder Seeds { get; } = new(Path.Combine("corpus", "seeds", harness));

    /// <summary>What engines have found; it grows.</summary>
    public InputFolder Corpus { get; } = new(corpus ?? Path.Combine(Root, harness, "corpus"));

    /// <summary>Inputs that failed.</summary>
    public InputFolder Failures { get; } = new(Path.Combine(Root, harness, "failures"));

    /// <summary>What is needed as long as something runs.</summary>
    public string Temporary(string name) => Path.Combine(Root, harness, $"{name}-{Environment.ProcessId}");
}
