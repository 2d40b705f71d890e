namespace BpfConformance.Reporting;

/// <summary>The files that a report of a run goes to.</summary>
public sealed class ReportFiles
{
    public const string MarkdownFile = "report.md";
    public const string JsonFile = "report.json";
    public const string JUnitFile = "junit.xml";

    private readonly List<(OutputFile File, Action<RunReport, ClaimReport?, OutputFile> Fill)> _files = [];

    /// <summary>What <see cref="AddFolder"/> writes.</summary>
    public static IEnumerable<string> InFolder(string folder) =>
        new[] { MarkdownFile, JsonFile, JUnitFile }.Select(file => Path.Combine(folder, file));

    /// <summary>All forms, in one folder; it is made when there is none.</summary>
    public void AddFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        Add(Path.Combine(folder, MarkdownFile), (run, _, file) => file.FillText(writer => MarkdownReport.Write(run, writer)));
        AddJson(Path.Combine(folder, JsonFile));
        AddJUnit(Path.Combine(folder, JUnitFile));
    }

    public void AddJson(string file) => Add(file, (run, _, into) => into.Fill(stream => JsonReport.Write(run, stream)));

    public void AddJUnit(string file) => Add(file, (run, _, into) => into.Fill(stream => JUnitReport.Write(run, stream)));

    /// <summary>The claims of the same run, as JSON; it must have some.</summary>
    public void AddClaims(string file) => Add(file, (_, claims, into) => into.Fill(stream => JsonReport.Write(claims!, stream)));

    public void Write(RunReport run, ClaimReport? claims)
    {
        foreach ((OutputFile file, var fill) in _files) fill(run, claims, file);
        foreach ((OutputFile file, _) in _files) file.Save();
    }

    private void Add(string file, Action<RunReport, ClaimReport?, OutputFile> fill) => _files.Add((new OutputFile(file), fill));
}
