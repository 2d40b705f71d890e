using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>The vectors of this checkout, and the older suite's where it lies beside it.</summary>
internal static class Suite
{
    private const string Solution = "BpfConformance.sln";

    public static string Root { get; } = FindRoot();

    /// <summary>Every vector under <c>conformance/</c>; a file that cannot be read fails the tests that ask.</summary>
    public static ImmutableArray<TestCase> Own { get; } = Load(Path.Combine(Root, "conformance"));

    /// <summary>The older suite; empty where it is not there.</summary>
    public static ImmutableArray<TestCase> Older { get; } =
        Directory.Exists(OlderFolder) ? Load(OlderFolder) : [];

    public static string OlderFolder => Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", "bpf_conformance"));

    private static ImmutableArray<TestCase> Load(string folder)
    {
        CaseSet files = CaseLoader.Load([folder]);
        Assert.That(files.Errors, Is.Empty);
        return files.Cases;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, Solution))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new FileNotFoundException($"no {Solution} above {AppContext.BaseDirectory}");
    }
}
