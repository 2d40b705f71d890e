using BpfConformance.Abi;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Findings;
using BpfConformance.Reporting.Reproducers;

namespace BpfConformance.Cli.Campaigns;

/// <summary>The folder of a kind of finding: its first case, and whatever else was made of it.</summary>
internal static class FindingFolder
{
    public const string FileName = "finding.txt";

    public static string PathOf(string findings, FoundCase found) => Path.Combine(findings, found.Signature.Slug);

    /// <summary>What became of the finding.</summary>
    public static FilingState StateOf(string findings, FoundCase found) => StateIn(PathOf(findings, found));

    /// <summary>Why there is nothing that shows it, in one line; <c>null</c>: there is.</summary>
    public static string? WhyNotFiled(string findings, FoundCase found) => StateOf(findings, found) switch
    {
        FilingState.Filed => null,
        FilingState.NotFiled => FirstLineOf(Path.Combine(PathOf(findings, found), FiledFinding.WhyNotName)),
        FilingState.Left when !IsRunAgain(found) => "the campaign ended before, and what broke the kernel is not run again",
        FilingState.Left => "the campaign ended before; 'bpfconf fuzz --resume' files it",
    };

    /// <summary>Whether its case is run again when a campaign ended before it was filed: what breaks a machine is not.</summary>
    public static bool IsRunAgain(FoundCase found) => !FindingInspector.HasBrokenKernel(found.Signature.Oracle, found.Signature.Target);

    /// <summary>Writes it, where there is none yet, or one of which less became.</summary>
    public static void Write(string findings, FoundCase found)
    {
        string folder = PathOf(findings, found);
        string text = Path.Combine(folder, FileName);
        Directory.CreateDirectory(folder);
        bool isBehind = StateIn(folder) < found.State;
        if (File.Exists(text) && !isBehind) return;
        File.Delete(text);
        if (isBehind) WriteFiles(folder, found); // else 'bpfconf reduce' has filed it here
        File.WriteAllText(text, TextOf(found)); // the last: with it the folder is whole
    }

    private static void WriteFiles(string folder, FoundCase found)
    {
        FiledFinding.Clear(folder);
        if (found.WhyNotFiled.Length > 0) File.WriteAllText(Path.Combine(folder, FiledFinding.WhyNotName), $"{found.WhyNotFiled}\n"); // the first: without it what follows is a finding that is filed
        foreach ((string name, string content) in found.Files.Where(file => IsPlain(file.Key))) File.WriteAllText(Path.Combine(folder, name), content);
    }

    private static FilingState StateIn(string folder) =>
        File.Exists(Path.Combine(folder, FiledFinding.WhyNotName)) ? FilingState.NotFiled
        : FiledFinding.Is(folder) ? FilingState.Filed
        : FilingState.Left;

    /// <summary>Of a file that anybody may have changed: it must not keep a list of findings from being shown.</summary>
    private static string FirstLineOf(string file)
    {
        try
        {
            string line = SourceFile.ReadText(file).Trim().Split('\n')[0];
            return line.Length > 0 ? string.Concat(line.Select(letter => char.IsControl(letter) ? ' ' : letter)) : $"{FiledFinding.WhyNotName} does not say why";
        }
        catch (BpfFormatException unreadable)
        {
            return unreadable.Message;
        }
    }

    /// <summary>A worker names them, and it has just run what breaks machines: no path leads out of the folder.</summary>
    private static bool IsPlain(string name) => name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_') && name is not ("." or ".." or FileName or FiledFinding.WhyNotName);

    public static string TextOf(FoundCase found) =>
        $"""
        signature: {found.Signature}
        case: {found.Case}
        {found.Text}
        program: {(found.Program.Length > 0 ? found.Program : "not kept; the case says what to generate")}

        """;
}
