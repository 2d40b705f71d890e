using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Cases;

/// <summary>Which cases a run is about; <c>null</c> members select everything.</summary>
public sealed record CaseSelection
{
    public static CaseSelection Everything { get; } = new();

    /// <summary>A case is selected when every group that it needs is among these.</summary>
    public ImmutableSortedSet<ConformanceGroup>? Groups { get; init; }

    /// <summary>A case is selected when it needs no higher version.</summary>
    public CpuVersion? Cpu { get; init; }

    /// <summary>A <see cref="Glob"/> for the whole name.</summary>
    public string? Filter { get; init; }

    public bool Selects(TestCase test) =>
        (Groups is null || test.Groups.IsSubsetOf(Groups))
        && (Cpu is not { } cpu || test.Cpu <= cpu)
        && (Filter is null || Glob.Matches(Filter, test.Name));
}
