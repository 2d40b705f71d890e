using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BpfConformance.Abi;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>
/// The file beside a grid that freezes what its members give: a line for each, in their order, with its name and its
/// signature in sixteen hexadecimal digits.
/// </summary>
public static class GridSignatures
{
    public const string Extension = ".signature";

    private const int Digits = 16;

    /// <summary>The signature file of a grid.</summary>
    public static string PathFor(string gridFile) => Path.ChangeExtension(gridFile, Extension);

    /// <exception cref="BpfFormatException">The file is not there, or does not name exactly these members.</exception>
    public static ImmutableArray<ulong> Read(string file, IReadOnlyList<string> members)
    {
        if (!File.Exists(file)) throw new BpfFormatException(file, 0, 0, "no such file: 'bpfconf grid sign' makes it");

        Section section = Open(file);
        Entry[] entries = [.. section.Entries];
        var signatures = ImmutableArray.CreateBuilder<ulong>(members.Count);
        for (int i = 0; i < Math.Max(entries.Length, members.Count); i++)
        {
            if (i >= members.Count) throw section.Error(entries[i].Line, $"a line too many, the grid has {members.Count} members");
            if (i >= entries.Length) throw section.Error($"no line for '{members[i]}': 'bpfconf grid sign' makes this file");
            signatures.Add(ReadLine(section, entries[i], members[i]));
        }

        return signatures.MoveToImmutable();
    }

    /// <summary>What the file says of one member, whatever it says of others; <c>null</c>: nothing, or it is not there.</summary>
    /// <exception cref="BpfFormatException">It cannot be read, or the line of the member is wrong.</exception>
    public static ulong? Find(string file, string member)
    {
        if (!File.Exists(file)) return null;

        Section section = Open(file);
        return section.Entries
            .Where(entry => FileLines.Words(entry.Text)[0] == member)
            .Select(entry => (ulong?)ReadLine(section, entry, member))
            .FirstOrDefault();
    }

    public static string Write(IEnumerable<(string Member, ulong Signature)> lines)
    {
        var text = new StringBuilder();
        foreach ((string member, ulong signature) in lines) text.Append(CultureInfo.InvariantCulture, $"{member} {signature:x16}\n");
        return text.ToString();
    }

    private static Section Open(string file)
    {
        var section = new Section(file, string.Empty, line: 0);
        foreach (string line in FileLines.Checked(SourceFile.ReadText(file), file).Split('\n')) section.Add(line);
        return section;
    }

    private static ulong ReadLine(Section section, Entry entry, string member)
    {
        ulong signature = 0;
        bool isRight = FileLines.Words(entry.Text) is [{ } name, { Length: Digits } digits]
            && name == member
            && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out signature);
        return isRight
            ? signature
            : throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected '{member}' and {Digits} hexadecimal digits");
    }
}
