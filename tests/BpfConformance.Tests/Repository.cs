namespace BpfConformance.Tests;

/// <summary>Where this checkout lies: the first directory above the test assembly that holds the solution.</summary>
internal static class Repository
{
    private const string Solution = "BpfConformance.sln";

    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The directory <c>shared</c> beside the checkout; <c>null</c> when there is none.</summary>
    public static string? Shared { get; } = FindShared(Root);

    /// <summary>The path of a file or directory of the checkout.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot(string start)
    {
        for (DirectoryInfo? directory = new(start); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, Solution))) return directory.FullName;
        }

        throw new FileNotFoundException($"no {Solution} in any directory above {start}");
    }

    private static string? FindShared(string root)
    {
        string beside = Path.GetFullPath(Path.Combine(root, "..", "shared"));
        return Directory.Exists(beside) ? beside : null;
    }
}
