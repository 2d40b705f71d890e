using BpfConformance.Harnesses.Coverage;
using BpfConformance.Harnesses.Supervision;

namespace BpfConformance.Harnesses.Afl;

/// <summary>AFL++ around workers: one main fuzzer and others beside it, which share what they find. It is in the corpus a few seconds later.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="output">Where failures and progress are told.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class AflRun(FuzzOptions options, TextWriter output, CancellationToken cancellation)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    private readonly string _folder = options.Folders.Temporary("afl");
    private readonly List<AflFuzzer> _fuzzers = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private int _failures;

    private string Input => Path.Combine(_folder, "in");

    private string Output => Path.Combine(_folder, "out");

    public int Run()
    {
        using InstrumentedCopy copy = InstrumentedCopy.Make(FuzzFolders.Root);
        GatherInputs();
        var line = new ProgressLine(options.Title, output);
        line.Begin();
        try
        {
            for (int job = 0; job < options.Jobs; job++) _fuzzers.Add(Start(copy.Program, job));
            while (!cancellation.IsCancellationRequested && !(line.Elapsed >= options.Time) && _fuzzers.TrueForAll(fuzzer => !fuzzer.HasEnded))
            {
                cancellation.WaitHandle.WaitOne(s_look);
                line.TellWhenDue(TakeFound);
            }

            AflFuzzer? ended = cancellation.IsCancellationRequested ? null : _fuzzers.Find(fuzzer => fuzzer.HasEnded);
            _fuzzers.ForEach(fuzzer => fuzzer.End());
            line.Tell(TakeFound());
            if (ended is not null) output.WriteLine($"{options.Title}: {AflFuzzer.Command} has ended; it said:\n{ended.LastWords}");
            return _failures > 0 || ended is not null ? ExitCode.Failure : ExitCode.Success;
        }
        finally
        {
            _fuzzers.ForEach(fuzzer => fuzzer.Dispose());
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>AFL wants one folder to begin with, and something in it.</summary>
    private void GatherInputs()
    {
        var input = new InputFolder(Input);
        foreach (string file in options.Folders.Seeds.Files.Concat(options.Folders.Corpus.Files))
        {
            if (InputFolder.TryRead(file) is { } shared) _taken.Add(Path.GetFileName(input.Save(shared)));
        }

        if (_taken.Count == 0) input.Save("0"u8);
    }

    private AflFuzzer Start(string program, int job) => new(
        Output,
        $"job{job}",
        [
            "-i", Input, "-m", "none", "-t", "10000", "-s", $"{(uint)(options.Seed + job)}", "-G", $"{InputFolder.MaxInputBytes}", job == 0 ? "-M" : "-S",
        ],
        [program, .. new WorkerArguments(WorkerTask.Afl, options.Harness.Name, options.Seed + job, options.Folders.Corpus.Path, string.Empty).ToArray()]);

    /// <summary>Puts what the fuzzers have found since into the corpus, and crashes with the failures.</summary>
    private Progress TakeFound()
    {
        Progress total = default;
        foreach (AflFuzzer fuzzer in _fuzzers)
        {
            foreach (string file in fuzzer.Queue.Files) Take(file);
            foreach (string file in fuzzer.Crashes) TakeFailure(file);
            (long executions, int edges) = fuzzer.Stats();
            total = total with { Executions = total.Executions + executions, Edges = Math.Max(total.Edges, edges) };
        }

        return total with { Inputs = options.Folders.Corpus.Files.Count(), Failures = _failures };
    }

    private void Take(string file)
    {
        byte[] input = File.ReadAllBytes(file);
        if (_taken.Add(InputFolder.NameOf(input))) options.Folders.Corpus.Save(input);
    }

    private void TakeFailure(string file)
    {
        byte[] input = File.ReadAllBytes(file);
        if (!_taken.Add(InputFolder.NameOf(input))) return;
        _failures++;
        string saved = options.Folders.Failures.Save(input, Failures.Prefix);
        Failures.Tell(output, options.Harness.Name, "AFL calls it a crash", saved, input.Length);
    }
}
