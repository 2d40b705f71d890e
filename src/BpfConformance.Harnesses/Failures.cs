namespace BpfConformance.Harnesses;

/// <summary>Inputs that showed that something does not hold: the first of each kind is made smaller, saved and told.</summary>
/// <param name="runner">Tells whether a smaller one shows the same.</param>
/// <param name="folder">Where they are saved.</param>
/// <param name="output">Where they are told.</param>
internal sealed class Failures(InputRunner runner, InputFolder folder, TextWriter output)
{
    public const string Prefix = "crash-";

    public const string HangPrefix = "hang-";

    private readonly HashSet<string> _signatures = new(StringComparer.Ordinal);

    public int Count => _signatures.Count;

    public void Add(PropertyException failure, ReadOnlySpan<byte> input)
    {
        if (!_signatures.Add(failure.Signature)) return;
        byte[] smaller = Shrinking.Of(input, candidate => runner.Run(candidate)?.Signature == failure.Signature);
        string file = folder.Save(smaller, Prefix);
        Tell(output, runner.Harness.Name, failure.Message, file, smaller.Length);
        if (runner.Board is { } board) board.Failures = Count;
    }

    /// <summary>What is wrong, where the input lies, and how to run it again.</summary>
    public static void Tell(TextWriter output, string harness, string what, string file, int bytes)
    {
        string path = Path.GetRelativePath(Environment.CurrentDirectory, file);
        output.WriteLine($"{harness}: {what}");
        output.WriteLine($"  {bytes} bytes; to run them again: ./run-fuzz.sh managed {harness} {path}");
        output.Flush();
    }
}
