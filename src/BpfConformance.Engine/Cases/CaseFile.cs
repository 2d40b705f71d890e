using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Engine.Cases.Grids;

namespace BpfConformance.Engine.Cases;

/// <summary>The kinds of file that hold a case, by extension.</summary>
public static class CaseFile
{
    public const string VectorExtension = ".vector";
    public const string DataExtension = ".data";
    public const string GridExtension = ".grid";

    public static string Extensions => $"{VectorExtension}, {GridExtension} or {DataExtension}";

    public static bool IsCase(string path) => Path.GetExtension(path) is VectorExtension or GridExtension or DataExtension;

    /// <summary>The cases of a file: one, but for a grid.</summary>
    /// <param name="file">The path to open.</param>
    /// <param name="name">What <c>--filter</c> matches; members of a grid add theirs.</param>
    /// <param name="warnings">Takes what the author should know.</param>
    /// <exception cref="BpfFormatException">The file cannot be read, or anything is wrong with it.</exception>
    public static ImmutableArray<TestCase> Read(string file, string name, ICollection<CaseWarning> warnings) =>
        Path.GetExtension(file) switch
        {
            VectorExtension => [VectorReader.Read(SourceFile.ReadText(file), file, name)],
            GridExtension => GridReader.Read(SourceFile.ReadText(file), file, name),
            DataExtension => [DataReader.Read(SourceFile.ReadText(file), file, name, warnings)],
            _ => throw new BpfFormatException(file, 0, 0, $"holds no case, expected a {Extensions} file"),
        };
}
