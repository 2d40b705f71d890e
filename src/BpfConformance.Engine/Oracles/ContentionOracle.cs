using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>Holds what two threads left of a shared cell against what atomic operations can leave (RFC 9669 section 5.3).</summary>
public sealed class ContentionOracle : IOracle
{
    public string Name => "contention";

    public IEnumerable<Finding> Judge(Experiment experiment) =>
        experiment.Case.Contention is not { } contention ? [] :
            from run in experiment.Runs
            let problem = Problem(contention, run)
            where problem is not null
            select new Finding(Name, run.Target, Facets.Data, null, Expected(contention), problem);

    /// <summary>What is wrong with the run, or <c>null</c>: also when nothing was seen of it.</summary>
    internal static string? Problem(Contention contention, TargetRun run)
    {
        if (run is not { CellAfter: { } end, Observations: { Count: Contention.Threads } seen }) return null;
        if (!IsWhole(contention, seen[0]) || !IsWhole(contention, seen[1])) return null;
        return Problem(contention, new RecordList(seen.Data(0)), new RecordList(seen.Data(1)), end);
    }

    /// <summary>What is wrong with these records and this end, or <c>null</c>.</summary>
    internal static string? Problem(Contention contention, RecordList first, RecordList second, ulong end)
    {
        if (contention.End is { } stated) return end == stated ? null : $"{Cell(end)} at the end";

        var order = new OperationOrder(first, second);
        if (order.EndsWith(end)) return null;

        OperationOrder.Position stuck = order.Furthest;
        return stuck.First == first.Count && stuck.Second == second.Count
            ? $"{Cell(end)} at the end, after operations that left {Hex(stuck.Cell)}"
            : $"no order: {Cell(stuck.Cell)} after {stuck.First} operations of thread 0 and {stuck.Second} of thread 1, " +
                $"but {Next(0, first, stuck.First)} and {Next(1, second, stuck.Second)}";
    }

    private static string Expected(Contention contention) => contention.End is { } end
        ? $"{Cell(end)} at the end"
        : "an order of all operations in which each finds what the one before it left";

    private static bool IsWhole(Contention contention, in Observation run) =>
        run.Status == ExecutionStatus.Returned && run.DataLength == contention.DataBytes;

    private static string Next(int thread, RecordList records, int index) =>
        index < records.Count ? $"thread {thread} found {Hex(records.Before(index))} next" : $"thread {thread} had ended";

    private static string Cell(ulong value) => $"cell = {Hex(value)}";

    private static string Hex(ulong value) => $"0x{value:x}";
}
