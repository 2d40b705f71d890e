namespace BpfConformance.Engine.Cases;

/// <summary>The folder of a suite, from which its cases have their names: so that these do not depend on the part that is asked for.</summary>
public static class SuiteFolder
{
    /// <summary>What a suite's folder holds for each target that deviates.</summary>
    public const string DeviationsName = "deviations";

    /// <summary>What makes a folder that of a suite: the instructions that it is about, as a table.</summary>
    private const string Mark = "isa.csv";

    /// <summary>
    /// The nearest folder at or above a path that is a suite's; where there is none, the path itself, or the folder of a file. As
    /// the user can open it.
    /// </summary>
    public static string Of(string path)
    {
        string start = Start(path);
        return Marked(start) is not { } folder ? start
            : Path.IsPathFullyQualified(path) ? folder
            : Path.GetRelativePath(Environment.CurrentDirectory, folder);
    }

    /// <summary>Whether a file or folder is in a folder that is marked as a suite's.</summary>
    public static bool Holds(string path) => Marked(Start(path)) is not null;

    private static string Start(string path) =>
        Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!; // a file is in a folder

    private static string? Marked(string start)
    {
        string? folder = Path.GetFullPath(start);
        while (folder is not null && !File.Exists(Path.Combine(folder, Mark))) folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder));
        return folder;
    }

    /// <summary>The name of what is in a suite's folder: its path from there, with forward slashes; empty for the folder itself.</summary>
    public static string NameIn(string suite, string path)
    {
        string name = Path.GetRelativePath(suite, path);
        return name == "." ? string.Empty : name.Replace(Path.DirectorySeparatorChar, '/');
    }
}
