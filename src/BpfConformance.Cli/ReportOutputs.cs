using BpfConformance.Engine.Cases;
using BpfConformance.Reporting;

namespace BpfConformance.Cli;

/// <summary>Where reports, and the cases themselves, go; <c>null</c>: nowhere.</summary>
internal sealed record ReportOutputs(string? Folder, string? Json, string? JUnit, string? Cases, ClaimOutputs Claims)
{
    /// <summary>No report may replace a case that it is about, or another report.</summary>
    public void CheckAgainst(CaseSet files) => Check(files, Json, JUnit, Claims.Json);

    /// <summary>The same for files of other verbs; empty or <c>null</c>: none.</summary>
    public static void Check(CaseSet files, params ReadOnlySpan<string?> outputs)
    {
        HashSet<string> taken = [.. files.Cases.Select(test => Path.GetFullPath(test.File))];
        foreach (string? path in outputs)
        {
            if (string.IsNullOrEmpty(path)) continue;
            if (!taken.Add(Path.GetFullPath(path))) throw new UsageException($"'{Path.GetFullPath(path)}' is a case or another report; it would be lost");
        }
    }

    public void Write(RunReport report)
    {
        WriteTo(Folder, folder => ReportFolder.Write(report, folder));
        WriteTo(Json, file =>
        {
            using FileStream stream = File.Create(file);
            JsonReport.Write(report, stream);
        });
        WriteTo(JUnit, file =>
        {
            using FileStream stream = File.Create(file);
            JUnitReport.Write(report, stream);
        });
    }

    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void WriteTo(string? path, Action<string> write)
    {
        if (path is null) return;
        try
        {
            write(path);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"no report can be written to '{path}': {trouble.Message}");
        }
    }
}
