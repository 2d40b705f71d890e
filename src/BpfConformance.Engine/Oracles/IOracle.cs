using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>What one target did with a case.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Verdict">Its answer to the load.</param>
/// <param name="Observations">Its runs, as many as the case has inputs; <c>null</c> unless accepted. Valid until the runner's next case.</param>
public sealed record TargetRun(string Target, Verdict Verdict, ObservationBatch? Observations)
{
    /// <summary>What the cell of a case with contention held when both threads had ended; <c>null</c>: it was not seen.</summary>
    public ulong? CellAfter { get; init; }

    /// <summary>As <see cref="LoadResult.Cost"/>.</summary>
    public LoadCost Cost { get; init; }

    /// <summary>Of a target in this process that failed with an exception, as of <see cref="StackText"/>; else empty.</summary>
    public string Stack { get; init; } = string.Empty;

    /// <summary>As <see cref="TargetCapabilities.Tracks"/>.</summary>
    public bool Tracks { get; init; }

    /// <summary>Whether it was run, and returned for each input.</summary>
    public bool HasReturned => Observations is { } seen && Enumerable.Range(0, seen.Count).All(input => seen[input].Status == ExecutionStatus.Returned);
}

/// <summary>A case and what every target did with it; the reference, when it took part, is the first.</summary>
public sealed record Experiment(TestCase Case, ImmutableArray<TargetRun> Runs);

/// <summary>Something that must not be so.</summary>
/// <param name="Oracle">Who says it.</param>
/// <param name="Target">Of whom.</param>
/// <param name="Facet">In what: <see cref="Facets.Status"/> also for verdicts.</param>
/// <param name="Input">Index of the run; <c>null</c>: the load, or all runs together.</param>
/// <param name="Expected">For a person.</param>
/// <param name="Got">For a person.</param>
/// <param name="Pc">The slot it is about; <c>null</c>: not known.</param>
public sealed record Finding(
    string Oracle, string Target, Facets Facet, int? Input, string Expected, string Got, int? Pc = null)
{
    /// <summary>Where memory or packets first differ; <c>null</c>: it is not about them, or not about a place.</summary>
    public int? Offset { get; init; }

    /// <summary>The form of the case that shows it, where that is not the case as given; <c>null</c>: it is.</summary>
    public TestCase? Variant { get; init; }

    /// <summary>As of <see cref="TargetRun.Stack"/>.</summary>
    public string Stack { get; init; } = string.Empty;

    /// <summary>1-based line that states it, where that is not the line of the run; <c>null</c>: it is, or none does.</summary>
    public int? Line { get; init; }

    /// <summary>The slot, where the program has it: a target may name one that is not there.</summary>
    public int? PcIn(TestCase test) => Pc is { } named && named >= 0 && named < test.Lines.Length ? named : null;

    /// <summary>1-based line in the case's file; 0: the whole file.</summary>
    public int LineIn(TestCase test) =>
        Line ?? (Input is { } input ? test.Inputs[input].Line : PcIn(test) is { } slot ? test.Lines[slot] : test.Line);
}

/// <summary>Judges what happened. Pure: the same experiment gives the same findings.</summary>
public interface IOracle
{
    string Name { get; }

    /// <summary>Whether it measures the others by the first target.</summary>
    bool IsHeldAgainstFirst => false;

    IEnumerable<Finding> Judge(Experiment experiment);
}
