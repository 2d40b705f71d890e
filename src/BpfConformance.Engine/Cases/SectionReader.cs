using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Loading;

namespace BpfConformance.Engine.Cases;

/// <summary>Cuts a case file into its sections; what they hold is for others to read.</summary>
internal static class SectionReader
{
    private const string Marker = "--";

    /// <param name="text">The file's text.</param>
    /// <param name="file">For messages.</param>
    /// <param name="known">The names that this kind of file has.</param>
    /// <param name="perProgram">Those of them that can stand once more for each program, with its name behind them.</param>
    /// <exception cref="BpfFormatException">
    /// Unknown or duplicate section, or text other than comments before the first.
    /// </exception>
    public static Dictionary<string, Section> Read(string text, string file, ImmutableArray<string> known, ImmutableArray<string> perProgram = default)
    {
        var sections = new Dictionary<string, Section>(StringComparer.Ordinal);
        Section? current = null;
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (line.StartsWith(Marker, StringComparison.Ordinal))
            {
                current = Open(line, new Section(file, Section.WithoutComment(line[Marker.Length..]), number), known, perProgram);
                if (sections.TryAdd(current.Name, current)) continue;
                throw current.Error($"second '-- {current.Name}', the first is in line {sections[current.Name].Line}");
            }

            if (current is not null)
            {
                current.Add(line);
            }
            else if (Section.WithoutComment(line).Length > 0)
            {
                throw new BpfFormatException(
                    file, number, 0, $"found {Section.Quote(line.Trim())}, expected a comment or a section (-- name)");
            }
        }

        return sections;
    }

    private static Section Open(string line, Section section, ImmutableArray<string> known, ImmutableArray<string> perProgram)
    {
        bool isSpaced = line.Length > Marker.Length && WhiteSpace.Characters.Contains(line[Marker.Length]);
        bool isKnown = section.Program is { } program
            ? !perProgram.IsDefault && perProgram.Contains(section.Kind) && Section.IsName(program)
            : known.Contains(section.Name);
        return isSpaced && isKnown
            ? section
            : throw section.Error($"unknown section {Section.Quote(line.Trim())}, expected -- and one of: {string.Join(", ", known)}");
    }
}
