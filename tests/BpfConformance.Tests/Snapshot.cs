using System.Runtime.CompilerServices;
using System.Text;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using NUnit.Framework;

namespace BpfConformance.Tests;

/// <summary>
/// Compares a text with the one that was accepted before. Files and names are those of Verify, so that it can take
/// over: <c>Type.Test.verified.txt</c> beside the test is the accepted text, <c>Type.Test.received.txt</c> what came
/// instead. A new snapshot fails until it is accepted by renaming the one to the other.
/// </summary>
public static class Snapshot
{
    private const int LinesShown = 200;

    /// <summary>What deterministic builds (CI) write for the root of the repository.</summary>
    private const string MappedRoot = "/_/";

    /// <param name="actual">What came out; line ends and empty lines at the end do not count.</param>
    /// <param name="file">The test's source file, named as its class.</param>
    /// <param name="test">The test's name.</param>
    public static void Verify(string actual, [CallerFilePath] string file = "", [CallerMemberName] string test = "")
    {
        string source = OnThisMachine(file);
        string stem = Path.Combine(Path.GetDirectoryName(source)!, $"{Path.GetFileNameWithoutExtension(source)}.{test}");
        string verified = $"{stem}.verified.txt";
        string received = $"{stem}.received.txt";

        actual = Normalize(actual);
        string? expected = File.Exists(verified) ? Normalize(File.ReadAllText(verified)) : null;
        if (actual == expected)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail(expected is null
            ? $"New snapshot. To accept it: mv '{received}' '{verified}'\n\n{actual}"
            : $"Not as verified. To accept the change: mv '{received}' '{verified}'\n\n{Diff(expected, actual)}");
    }

    private static string OnThisMachine(string compiled) =>
        compiled.StartsWith(MappedRoot, StringComparison.Ordinal) ? Repository.PathOf(compiled[MappedRoot.Length..]) : compiled;

    private static string Normalize(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

    private static string Diff(string expected, string actual)
    {
        var text = new StringBuilder();
        foreach (DiffPiece line in new InlineDiffBuilder(new Differ()).BuildDiffModel(expected, actual).Lines.Take(LinesShown))
        {
            char mark = line.Type switch
            {
                ChangeType.Inserted => '+',
                ChangeType.Deleted => '-',
                ChangeType.Unchanged or ChangeType.Modified or ChangeType.Imaginary => ' ',
            };
            text.Append(mark).Append(' ').Append(line.Text).Append('\n');
        }

        return text.ToString();
    }
}
