using BpfConformance.Harnesses.Coverage;

namespace BpfConformance.Harnesses.Managed;

/// <summary>
/// Coverage-guided fuzzing in this process, without native tools: what an input shows that no other has shown keeps it. Alone, with the same seed,
/// corpus and counters, it does the same each time; an instrumented copy differs from the next in the numbers of its branches.
/// </summary>
/// <param name="runner">Runs inputs.</param>
/// <param name="corpus">Where those that are kept are saved, and from which those of other workers come.</param>
/// <param name="failures">Takes those that fail.</param>
/// <param name="seed">Of its decisions.</param>
internal sealed class ManagedFuzzer(InputRunner runner, InputFolder corpus, Failures failures, int seed)
{
    /// <summary>Milliseconds between two looks at what others have put into the corpus; alone, it finds nothing there that it has not put.</summary>
    private const int SharingInterval = 3000;

    /// <summary>What was found last is likely to lead on: half of all choices are among so many.</summary>
    private const int Recent = 32;

    private readonly Random _random = new(seed);
    private readonly Mutator _mutator = new(new Random(~seed), InputFolder.MaxInputBytes);
    private readonly FeatureSet _features = new();
    private readonly List<byte[]> _kept = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public long Executions { get; private set; }

    public int Kept => _kept.Count;

    /// <summary>Begins with the inputs of a folder: those that show nothing new are left out.</summary>
    public void Load(InputFolder folder)
    {
        foreach (string file in folder.Files)
        {
            if (_known.Add(Path.GetFileName(file)) && InputFolder.TryRead(file) is { } input) Try(input);
        }
    }

    /// <summary>Fuzzes as long as it should.</summary>
    /// <param name="goesOn">Is asked before each input.</param>
    public void Run(Func<bool> goesOn)
    {
        if (_kept.Count == 0) _kept.Add([]);
        long nextSharing = Environment.TickCount64 + SharingInterval;
        while (goesOn())
        {
            ReadOnlySpan<byte> input = _mutator.Mutate(Choose(), Choose());
            if (Try(input) && _known.Add(InputFolder.NameOf(input))) corpus.Save(input);
            if (Environment.TickCount64 < nextSharing) continue;
            Load(corpus);
            nextSharing = Environment.TickCount64 + SharingInterval;
        }
    }

    private byte[] Choose() => _random.Next(2) == 0
        ? _kept[_random.Next(_kept.Count)]
        : _kept[^(1 + _random.Next(Math.Min(Recent, _kept.Count)))];

    /// <summary>Runs an input; whether it is kept.</summary>
    private bool Try(ReadOnlySpan<byte> input)
    {
        Executions++;
        PropertyException? failure = runner.Run(input);
        int found = _features.Absorb(BranchMap.Counters);
        if (failure is not null)
        {
            failures.Add(failure, input);
            BranchMap.Counters.Clear();
            return false;
        }

        if (found == 0) return false;
        _kept.Add(input.ToArray());
        if (runner.Board is { } board) board.Edges = _features.Edges;
        return true;
    }
}
