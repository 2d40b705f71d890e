using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Engine.Campaigns;

/// <summary>A worker in this process, which breaks where the test says.</summary>
/// <param name="journal">Of its own.</param>
/// <param name="targets">What it runs cases on; the test's.</param>
/// <param name="breaks">Asked before each case, by its index: how it ends there; <c>null</c>: not.</param>
internal sealed class FakeWorker(CaseJournal journal, IReadOnlyList<IExecutionTarget> targets, Func<long, string?> breaks) : ICampaignWorker
{
    public const string Hangs = "hangs";

    private readonly Queue<WorkerMessage> _said = new([new WorkerReady([.. targets.Select(target => new TargetVersion(target.Name, target.Capabilities.Version))])]);
    private readonly Queue<CaseRange> _ranges = new();
    private string? _end;

    public static ulong Seed => 7;

    public CaseJournal Journal => journal;

    public WorkerEnd? End => _said.Count > 0 || _end is null or Hangs ? null : new WorkerEnd($"ended: {_end}", _end, "its last words");

    public void Send(CaseRange range) => _ranges.Enqueue(range);

    public WorkerMessage? Receive(TimeSpan limit)
    {
        if (_said.Count == 0 && _end is null && _ranges.TryDequeue(out CaseRange? range)) Run(range);
        return _said.TryDequeue(out WorkerMessage? message) ? WorkerMessage.TryRead(message.ToLine()) : null;
    }

    public void Kill() => _end = "killed";

    public void Dispose() => journal.Dispose();

    private void Run(CaseRange range)
    {
        var runner = new RangeRunner(targets, OracleSet.ForGeneratedOn([]), new InspectorSet(), new PlainFiler(), journal, _said.Enqueue)
        {
            Profiles = [new Profile("tiny", 1, () => new BreakingGenerator(range, breaks))],
            Seed = Seed,
            Limits = new GeneratorLimits(targets[0].Capabilities),
        };
        try
        {
            runner.Run(range);
        }
        catch (WorkerBreak end)
        {
            _end = end.Message;
        }
    }

    /// <summary>Counts which case is next.</summary>
    private sealed class BreakingGenerator(CaseRange range, Func<long, string?> breaks) : IProgramGenerator
    {
        private readonly TinyGenerator _tiny = new();
        private readonly Queue<long> _indices = new(Enumerable.Range(0, range.Count).Select(i => range.First + i).Where(index => !range.Skipped.Contains(index)));

        public string Name => "tiny";

        public TestCase Next(ref Entropy entropy, GeneratorLimits limits) =>
            breaks(_indices.Dequeue()) is { } end ? throw new WorkerBreak(end) : _tiny.Next(ref entropy, limits);
    }

    private sealed class WorkerBreak(string end) : Exception(end);
}
