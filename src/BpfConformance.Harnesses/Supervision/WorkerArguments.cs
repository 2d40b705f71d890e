namespace BpfConformance.Harnesses.Supervision;

/// <summary>What a worker is told by its supervisor.</summary>
/// <param name="Task">What it does.</param>
/// <param name="Harness">The name of the harness.</param>
/// <param name="Seed">Of its decisions.</param>
/// <param name="Corpus">The folder of the working corpus.</param>
/// <param name="Board">The file of its board; empty: nobody watches.</param>
internal sealed record WorkerArguments(WorkerTask Task, string Harness, int Seed, string Corpus, string Board)
{
    public string[] ToArray() => [Worker.Verb, $"{Task}", Harness, $"{Seed}", Corpus, Board];

    /// <param name="args">Without the verb.</param>
    public static WorkerArguments Parse(string[] args) => new(Enum.Parse<WorkerTask>(args[0]), args[1], int.Parse(args[2]), args[3], args[4]);
}

/// <summary>What a worker does.</summary>
internal enum WorkerTask
{
    Managed,
    LibFuzzer,
    Afl,

    /// <summary>Takes out of the corpus what the rest of it shows, too.</summary>
    Merge,
}
