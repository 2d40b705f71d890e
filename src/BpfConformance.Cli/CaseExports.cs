using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting;
using BpfConformance.Reporting.Export;
using BpfConformance.Targets;

namespace BpfConformance.Cli;

/// <summary>Writes cases as JSON into a folder, a file for each of theirs, and never anywhere else.</summary>
internal sealed class CaseExports(string folder)
{
    private const string Extension = ".json";

    private readonly string _root = Path.GetFullPath(folder);

    /// <summary>Files that are not replaced, and what is lost with each.</summary>
    private readonly Dictionary<string, string> _taken = new(StringComparer.Ordinal);

    /// <param name="folder">Where to; <c>null</c>: nowhere.</param>
    /// <param name="cases">What is exported.</param>
    /// <param name="files">All files that were read: none of them is replaced.</param>
    /// <exception cref="UsageException">A file cannot be written, or must not.</exception>
    public static void Write(string? folder, ImmutableArray<TestCase> cases, CaseSet files)
    {
        if (folder is null) return;
        using IExecutionTarget reference = TargetRegistry.All[0].Create();
        var export = new CaseExport(test => Results(test, new ExperimentRunner([reference]).Run(test).Runs[0]));
        try
        {
            new CaseExports(folder).Write(cases, files, export);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"no cases can be written to '{folder}': {trouble.Message}");
        }
    }

    private void Write(ImmutableArray<TestCase> cases, CaseSet files, CaseExport export)
    {
        foreach (TestCase test in files.Cases) _taken[Path.GetFullPath(test.File)] = "a case";
        foreach (IGrouping<string, TestCase> file in cases.GroupBy(test => Path.GetFullPath(test.File)))
        {
            string path = PathOf(file.First().FileName);
            if (!_taken.TryAdd(path, $"that of '{file.First().File}'")) throw new UsageException($"'{path}', for '{file.First().File}', is {_taken[path]}; it would be lost");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // it is below the root
            var output = new OutputFile(path);
            output.Fill(stream => export.Write([.. file], stream));
            output.Save();
        }
    }

    /// <summary>Where the JSON of a file goes: names lead down and nowhere else, and links are not followed.</summary>
    private string PathOf(string name)
    {
        string path = _root;
        foreach (string segment in (name + Extension).Split('/'))
        {
            path = Path.Combine(path, Sanitized(segment));
            if (new FileInfo(path).LinkTarget is not null) throw new UsageException($"'{path}' is a link; nothing is written outside '{folder}'");
        }

        return path;
    }

    /// <summary>A name that means itself on every system: no dots alone, no separators, drives or control characters.</summary>
    private static string Sanitized(string segment)
    {
        string plain = string.Concat(segment.Select(c => char.IsControl(c) || @"\:*?""<>|".Contains(c, StringComparison.Ordinal) ? '_' : c));
        return plain is "" or "." or ".." ? "_" : plain;
    }

    /// <summary>The results that a signature stands for.</summary>
    private static ImmutableArray<CaseInput> Results(TestCase test, TargetRun run)
    {
        if (run.Observations is not { } seen || Signature.Of(seen) != test.Signature)
        {
            throw new UsageException($"'{test.Name}' cannot be exported: {run.Target} does not give what its signature says");
        }

        return
        [
            .. test.Inputs.Select((input, i) =>
                input with { Result = seen[i].R0, DataAfter = seen.Data(i)[..seen[i].DataLength].ToArray() }),
        ];
    }
}
