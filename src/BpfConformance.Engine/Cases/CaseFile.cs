using BpfConformance.Abi;

namespace BpfConformance.Engine.Cases;

/// <summary>The kinds of file that hold a case, by extension.</summary>
public static class CaseFile
{
    public const string VectorExtension = ".vector";
    public const string DataExtension = ".data";

    public static bool IsCase(string path) => Path.GetExtension(path) is VectorExtension or DataExtension;

    /// <param name="file">The path to open.</param>
    /// <param name="name">What <c>--filter</c> matches.</param>
    /// <param name="warnings">Takes what the author should know.</param>
    /// <exception cref="BpfFormatException">The file cannot be read, or anything is wrong with it.</exception>
    public static TestCase Read(string file, string name, ICollection<CaseWarning> warnings) => Path.GetExtension(file) switch
    {
        VectorExtension => VectorReader.Read(SourceFile.ReadText(file), file, name),
        DataExtension => DataReader.Read(SourceFile.ReadText(file), file, name, warnings),
        _ => throw new BpfFormatException(file, 0, 0, $"holds no case, expected a {VectorExtension} or {DataExtension} file"),
    };
}
