using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Cases.Grids;
using BpfConformance.Reporting;

namespace BpfConformance.Cli;

/// <summary>Files that verbs write: what cannot be written, or must not, is told before the work.</summary>
internal static class ReportOutputs
{
    /// <summary>No output may replace what was read, another output, or any case or signatures.</summary>
    /// <param name="inputs">What was read; an empty path is none.</param>
    /// <param name="outputs">The same; <c>null</c>: none.</param>
    /// <exception cref="UsageException">One does.</exception>
    public static void Check(IEnumerable<string> inputs, params IEnumerable<string?> outputs)
    {
        HashSet<string> taken = [.. inputs.Where(path => path.Length > 0).Select(RealPath)];
        foreach (string path in outputs.OfType<string>().Where(path => path.Length > 0))
        {
            string place = RealPath(path);
            bool isKept = File.Exists(place) && (IsOfASuite(path) || IsOfASuite(place));
            if (isKept || !taken.Add(place)) throw new UsageException($"'{Path.GetFullPath(path)}' is an input, a case or another output; it would be lost");
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
            throw new UsageException($"nothing can be written to '{path}': {trouble.Message}");
        }
    }

    private static bool IsOfASuite(string path) => CaseFile.IsCase(path) || Path.GetExtension(path) == GridSignatures.Extension;

    /// <summary>Without links, neither the file nor its folders.</summary>
    private static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } folder) return full;
        var file = new FileInfo(Path.Combine(Directory.Exists(folder) ? RealPath(folder) : folder, Path.GetFileName(full)));
        return file.LinkTarget is null ? file.FullName : RealPath(file.ResolveLinkTarget(returnFinalTarget: true)!.FullName); // it is a link
    }
}
