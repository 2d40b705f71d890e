using BpfConformance.Engine.Cases;
using BpfConformance.Reporting;

namespace BpfConformance.Cli;

/// <summary>Files that verbs write: what cannot be written, or must not, is told before the work.</summary>
internal static class ReportOutputs
{
    /// <summary>No report may replace a case that it is about, or another report.</summary>
    /// <param name="files">The cases.</param>
    /// <param name="outputs">Empty or <c>null</c>: none.</param>
    public static void Check(CaseSet files, params IEnumerable<string?> outputs)
    {
        HashSet<string> taken = [.. files.Cases.Select(test => test.File).Distinct().Select(RealPath)];
        foreach (string path in outputs.OfType<string>().Where(path => path.Length > 0))
        {
            if (!taken.Add(RealPath(path))) throw new UsageException($"'{Path.GetFullPath(path)}' is a case or another report; it would be lost");
        }
    }

    /// <param name="path"><c>null</c>: nowhere.</param>
    public static OutputFile? At(string? path)
    {
        OutputFile? file = null;
        Guard(path, at => file = new OutputFile(at));
        return file;
    }

    /// <summary>Does something with a path, unless it is <c>null</c>.</summary>
    /// <exception cref="UsageException">It cannot be written there.</exception>
    public static void Guard(string? path, Action<string> act)
    {
        if (path is null) return;
        try
        {
            act(path);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"no report can be written to '{path}': {trouble.Message}");
        }
    }

    private static string RealPath(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName; // it is a link
    }
}
