using BpfConformance.Engine.Cases;
using BpfConformance.Reporting;

namespace BpfConformance.Cli;

/// <summary>Opens the files that verbs write, before the work: what cannot be written, or must not, is told at once.</summary>
internal static class ReportOutputs
{
    /// <summary>No report may replace a case that it is about, or another report.</summary>
    /// <param name="files">The cases.</param>
    /// <param name="outputs">Empty or <c>null</c>: none.</param>
    public static void Check(CaseSet files, params ReadOnlySpan<string?> outputs)
    {
        HashSet<string> taken = [.. files.Cases.Select(test => Path.GetFullPath(test.File))];
        foreach (string? path in outputs)
        {
            if (string.IsNullOrEmpty(path)) continue;
            if (!taken.Add(Path.GetFullPath(path))) throw new UsageException($"'{Path.GetFullPath(path)}' is a case or another report; it would be lost");
        }
    }

    /// <param name="path"><c>null</c>: nowhere, and nothing is opened.</param>
    public static WholeFile? Open(string? path)
    {
        WholeFile? opened = null;
        Open(path, file => opened = new WholeFile(file));
        return opened;
    }

    /// <summary>The reports of a run.</summary>
    public static ReportFiles Open(string? folder, string? json, string? junit, string? claims)
    {
        var files = new ReportFiles();
        try
        {
            Open(folder, files.AddFolder);
            Open(json, files.AddJson);
            Open(junit, files.AddJUnit);
            Open(claims, files.AddClaims);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    private static void Open(string? path, Action<string> open)
    {
        if (path is null) return;
        try
        {
            open(path);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"no report can be written to '{path}': {trouble.Message}");
        }
    }
}
