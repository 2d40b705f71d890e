using BpfConformance.Engine.Cases;
using BpfConformance.Reporting;

namespace BpfConformance.Cli;

/// <summary>Where reports of a run, and the cases themselves, go; <c>null</c>: nowhere.</summary>
internal sealed record RunOutputs(string? Folder, string? Json, string? JUnit, string? Cases, ClaimOutputs Claims)
{
    /// <summary>The files for the reports.</summary>
    /// <exception cref="UsageException">One cannot be written, or would replace a case or another.</exception>
    public ReportFiles FilesBeside(CaseSet cases)
    {
        IEnumerable<string> inFolder = Folder is null ? [] : ReportFiles.InFolder(Folder);
        ReportOutputs.Check(cases.Files, [.. inFolder, Json, JUnit, Claims.Json]);
        var files = new ReportFiles();
        ReportOutputs.Guard(Folder, files.AddFolder);
        ReportOutputs.Guard(Json, files.AddJson);
        ReportOutputs.Guard(JUnit, files.AddJUnit);
        ReportOutputs.Guard(Claims.Json, files.AddClaims);
        return files;
    }
}
