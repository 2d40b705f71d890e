namespace BpfConformance.Reporting;

/// <summary>The files that a report of a run goes to: opened before the run, and written together.</summary>
public sealed class ReportFiles : IDisposable
{
    public const string MarkdownFile = "report.md";
    public const string JsonFile = "report.json";
    public const string JUnitFile = "junit.xml";

    private readonly List<(WholeFile File, Action<RunReport, Stream> Write)> _files = [];
    private WholeFile? _claims;

    /// <summary>All forms, in one folder; it is made when there is none.</summary>
    public void AddFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        Add(Path.Combine(folder, MarkdownFile), WriteMarkdown);
        AddJson(Path.Combine(folder, JsonFile));
        AddJUnit(Path.Combine(folder, JUnitFile));
    }

    public void AddJson(string file) => Add(file, JsonReport.Write);

    public void AddJUnit(string file) => Add(file, JUnitReport.Write);

    /// <summary>The claims of the same run, as JSON.</summary>
    public void AddClaims(string file) => _claims = new WholeFile(file);

    /// <param name="report">The run.</param>
    /// <param name="claims">Its claims; there are some when they have a file.</param>
    public void Write(RunReport report, ClaimReport? claims)
    {
        foreach ((WholeFile file, Action<RunReport, Stream> write) in _files) write(report, file.Stream);
        if (claims is not null && _claims is not null) JsonReport.Write(claims, _claims.Stream);
        foreach ((WholeFile file, _) in _files) file.Commit();
        _claims?.Commit();
    }

    public void Dispose()
    {
        _files.ForEach(each => each.File.Dispose());
        _claims?.Dispose();
    }

    private void Add(string file, Action<RunReport, Stream> write) => _files.Add((new WholeFile(file), write));

    private static void WriteMarkdown(RunReport report, Stream stream)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true); // without a byte order mark
        MarkdownReport.Write(report, writer);
    }
}
