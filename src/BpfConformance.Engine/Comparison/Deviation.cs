using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Comparison;

/// <summary>A failure of a target that is known and accepted.</summary>
/// <param name="Name">A pattern for names of cases, as <c>--filter</c> takes it.</param>
/// <param name="Reason">Why it is accepted.</param>
/// <param name="File">Where it is declared, as the user can open it.</param>
/// <param name="Line">1-based.</param>
/// <param name="Folder">The folder that names are relative to; <c>null</c>: each case's own.</param>
public sealed record Deviation(string Name, string Reason, string File, int Line, string? Folder)
{
    private readonly CaseSelection _selection = new() { Filter = Name };

    public bool Covers(TestCase test)
    {
        if (Folder is null) return _selection.Selects(test);

        // A folder inside this one may have been named before it: then the case is known by a shorter name.
        string file = Path.GetRelativePath(Folder, test.File).Replace(Path.DirectorySeparatorChar, '/');
        string name = test.Member.Length == 0 ? file : $"{file}/{test.Member}";
        bool isInside = !Path.IsPathRooted(file) && !file.StartsWith("../", StringComparison.Ordinal);
        return isInside && _selection.Selects(test with { Name = name });
    }
}
