using System.Text;

namespace BpfConformance.Reporting;

/// <summary>A report in all its forms, in one folder.</summary>
public static class ReportFolder
{
    public const string MarkdownFile = "report.md";
    public const string JsonFile = "report.json";
    public const string JUnitFile = "junit.xml";

    /// <summary>Writes <see cref="MarkdownFile"/>, <see cref="JsonFile"/> and <see cref="JUnitFile"/>; makes the folder when there is none.</summary>
    public static void Write(RunReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        using (var markdown = new StreamWriter(Path.Combine(folder, MarkdownFile), append: false, new UTF8Encoding(false)))
        {
            MarkdownReport.Write(report, markdown);
        }

        using (FileStream json = File.Create(Path.Combine(folder, JsonFile))) JsonReport.Write(report, json);
        using (FileStream junit = File.Create(Path.Combine(folder, JUnitFile))) JUnitReport.Write(report, junit);
    }
}
