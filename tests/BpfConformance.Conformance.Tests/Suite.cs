using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Targets;
using BpfConformance.Tests;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>The vectors of this checkout, and the older suite's where it lies beside it.</summary>
internal static class Suite
{
    /// <summary>All that is under <c>conformance/</c>; a file that cannot be read fails the tests that ask.</summary>
    public static CaseSet OwnFiles { get; } = Load(Repository.PathOf("conformance"));

    /// <summary>Every case of it.</summary>
    public static ImmutableArray<TestCase> Own => OwnFiles.Cases;

    /// <summary>What is known and accepted of the targets here.</summary>
    public static DeviationSet Deviations { get; } =
        DeviationSet.Load(OwnFiles.Suites, instead: null, TargetRegistry.All.Select(entry => entry.Name), DateOnly.FromDateTime(DateTime.UtcNow));

    /// <summary>Where the older suite lies; <c>null</c>: it is not there.</summary>
    public static string? OlderFolder { get; } =
        Repository.Shared is { } shared ? Path.Combine(shared, "data", "bpf_conformance") : null;

    /// <summary>The older suite; empty where it is not there.</summary>
    public static ImmutableArray<TestCase> Older { get; } = OlderFolder is null ? [] : Load(OlderFolder).Cases;

    private static CaseSet Load(string folder)
    {
        CaseSet files = CaseLoader.Load([folder]);
        Assert.That(files.Errors, Is.Empty);
        return files;
    }
}
