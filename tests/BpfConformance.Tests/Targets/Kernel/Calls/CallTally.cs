using System.Buffers.Binary;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>What random sequences reach, for people; and how many the kernel accepts.</summary>
internal sealed class CallTally
{
    private const int ProgramsAtTheLimit = 34; // the first, and 33 that tail calls led to (MAX_TAIL_CALL_CNT, include/linux/bpf.h)

    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Count, int Seed)> _refusals = [];
    private readonly int[] _runs = new int[ProgramsAtTheLimit + 1];

    public int Accepted { get; private set; }

    /// <summary>Runs in which as many tail calls were taken as can be.</summary>
    public int AtTheLimit => _runs[ProgramsAtTheLimit];

    public void AddRefusal(int seed, string reason)
    {
        string first = reason.Split('\n')[0];
        _refusals[first] = (_refusals.GetValueOrDefault(first).Count + 1, seed);
    }

    public void Add(CallSequence sequence, ObservationBatch seen)
    {
        Accepted++;
        foreach (string kind in sequence.Kinds) _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        ulong before = 0;
        for (int i = 0; i < sequence.Steps.Length; i++)
        {
            if (!sequence.Steps[i].StartsWith("lookup cell", StringComparison.Ordinal)) continue;
            ulong began = BinaryPrimitives.ReadUInt64LittleEndian(seen.Data(i));
            _runs[(int)Math.Min(began - before, ProgramsAtTheLimit)]++;
            before = began;
        }
    }

    public override string ToString() => string.Join(
        '\n',
        [
            .. _kinds.Select(pair => $"  {pair.Key}: {pair.Value}"),
            $"  runs of one program {_runs[1]}, of more {_runs[2..ProgramsAtTheLimit].Sum()}, of {ProgramsAtTheLimit} {AtTheLimit}",
            .. _refusals.OrderByDescending(pair => pair.Value.Count).Take(20).Select(pair => $"  refused {pair.Value.Count}: {pair.Key} (BPFCONF_SEED={pair.Value.Seed})"),
        ]);
}
