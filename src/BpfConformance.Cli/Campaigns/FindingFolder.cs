using BpfConformance.Engine.Campaigns;

namespace BpfConformance.Cli.Campaigns;

/// <summary>The folder of a kind of finding: its first case, and whatever else was made of it.</summary>
internal static class FindingFolder
{
    public const string FileName = "finding.txt";

    public static string PathOf(string findings, FoundCase found) => Path.Combine(findings, found.Signature.Slug);

    /// <summary>Writes it, where there is none yet, or none with files.</summary>
    public static void Write(string findings, FoundCase found)
    {
        string folder = PathOf(findings, found);
        string text = Path.Combine(folder, FileName);
        Directory.CreateDirectory(folder);
        bool isWhole = File.Exists(text) && (found.Files.IsEmpty || Directory.EnumerateFiles(folder).Any(file => file != text));
        if (isWhole) return;
        File.Delete(text);
        foreach ((string name, string content) in found.Files.Where(file => IsPlain(file.Key))) File.WriteAllText(Path.Combine(folder, name), content);
        File.WriteAllText(text, TextOf(found)); // the last: with it the folder is whole
    }

    /// <summary>A worker names them, and it has just run what breaks machines: no path leads out of the folder.</summary>
    private static bool IsPlain(string name) => name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_') && name is not ("." or ".." or FileName);

    public static string TextOf(FoundCase found) =>
        $"""
        signature: {found.Signature}
        case: {found.Case}
        {found.Text}
        program: {(found.Program.Length > 0 ? found.Program : "not kept; the case says what to generate")}

        """;
}
