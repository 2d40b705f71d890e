using BpfConformance.Engine.Campaigns;

namespace BpfConformance.Cli.Campaigns;

/// <summary>The folder of a kind of finding: its first case, and whatever else was made of it.</summary>
internal static class FindingFolder
{
    public const string FileName = "finding.txt";

    public static string PathOf(string findings, FoundCase found) => Path.Combine(findings, found.Signature.Slug);

    /// <summary>Writes it, where there is none yet.</summary>
    public static void Write(string findings, FoundCase found)
    {
        string folder = PathOf(findings, found);
        if (File.Exists(Path.Combine(folder, FileName))) return;
        Directory.CreateDirectory(folder);
        foreach ((string name, string content) in found.Files) File.WriteAllText(Path.Combine(folder, name), content);
        File.WriteAllText(Path.Combine(folder, FileName), TextOf(found)); // the last: with it the folder is whole
    }

    public static string TextOf(FoundCase found) =>
        $"""
        signature: {found.Signature}
        case: {found.Case}
        {found.Text}
        program: {(found.Program.Length > 0 ? found.Program : "not kept; the case says what to generate")}

        """;
}
