using BpfConformance.Engine.Targets;

namespace BpfConformance.Cli;

/// <summary>How runs ended, for a person.</summary>
internal static class OutcomeText
{
    public static string End(Outcome outcome) => outcome switch
    {
        { Fault: { } fault } => $"faulted: {fault.Kind}{(fault.Pc is { } pc ? $" at {pc}" : string.Empty)}",
        { Status: ExecutionStatus.Inconclusive } => $"inconclusive: {outcome.Reason}",
        _ => outcome.Status.ToString().ToLowerInvariant(),
    };

    /// <summary>The first run that did not return, of which, and how it ended; <c>null</c>: all did.</summary>
    /// <param name="target">Who ran.</param>
    /// <param name="seen">Its runs.</param>
    public static string? FirstStop(string target, ObservationBatch seen)
    {
        for (int run = 0; run < seen.Count; run++)
        {
            if (seen[run].Status != ExecutionStatus.Returned) return $"{target}: run {run + 1} of {seen.Count} {End(seen.Materialize(run))}";
        }

        return null;
    }
}
