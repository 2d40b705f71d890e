using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Cli.Benchmarks;

/// <summary>The cases that <c>bench</c> can time: programs without a hook that run.</summary>
public static class BenchPrograms
{
    public const string Folder = "conformance/programs";

    private const string SourceExtension = ".c";

    /// <param name="files">What was read.</param>
    /// <param name="names">Those that are wanted; none: all.</param>
    /// <exception cref="UsageException">A file is wrong, or one is not there.</exception>
    public static ImmutableArray<TestCase> Of(CaseSet files, ImmutableArray<string> names)
    {
        if (files.Errors is [CaseError first, ..]) throw new UsageException(first.ToString());
        ImmutableArray<TestCase> cases =
            [.. files.Cases.Where(test => test.Program.Type == ProgramType.Unspecified && test.Inputs.Length > 0)];
        foreach (string name in names)
        {
            if (cases.All(test => NameOf(test) != name))
            {
                throw new UsageException($"there is no program '{name}', expected one of {string.Join(", ", cases.Select(NameOf))}");
            }
        }

        return names.IsEmpty ? cases : [.. cases.Where(test => names.Contains(NameOf(test)))];
    }

    public static string NameOf(TestCase test) => Path.GetFileNameWithoutExtension(test.Name);

    /// <summary>The same program in C, where it should be.</summary>
    public static string SourceOf(TestCase test) => Path.ChangeExtension(test.File, SourceExtension);
}
