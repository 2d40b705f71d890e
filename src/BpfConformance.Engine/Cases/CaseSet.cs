using System.Collections.Immutable;

namespace BpfConformance.Engine.Cases;

/// <summary>Something in a case file that its author should know, and that changes nothing.</summary>
/// <param name="File">As the user can open it.</param>
/// <param name="Line">1-based; 0: the whole file.</param>
/// <param name="Message">One sentence, without the position.</param>
public sealed record CaseWarning(string File, int Line, string Message)
{
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : $"{File}:{Line}: {Message}";
}

/// <summary>Why a path or a file in it gave no case.</summary>
/// <param name="File">As the user can open it.</param>
/// <param name="Line">1-based; 0: the whole file.</param>
/// <param name="Column">1-based; 0: the whole line.</param>
/// <param name="Message">One sentence, without the position.</param>
public sealed record CaseError(string File, int Line, int Column, string Message)
{
    public override string ToString() => (Line, Column) switch
    {
        (0, _) => $"{File}: {Message}",
        (_, 0) => $"{File}:{Line}: {Message}",
        _ => $"{File}:{Line}:{Column}: {Message}",
    };
}

/// <summary>A suite that cases come from.</summary>
/// <param name="Folder">Its <see cref="SuiteFolder"/>, as the user can open it.</param>
/// <param name="IsWhole">Whether all of it was asked for.</param>
public sealed record SuitePart(string Folder, bool IsWhole);

/// <summary>What came out of the paths that were asked for.</summary>
/// <param name="Cases">In the order of the paths, and within a folder of their names.</param>
/// <param name="Warnings">What their authors should know.</param>
/// <param name="Errors">Every file that could not be read, not only the first.</param>
public sealed record CaseSet(
    ImmutableArray<TestCase> Cases, ImmutableArray<CaseWarning> Warnings, ImmutableArray<CaseError> Errors)
{
    /// <summary>All that was read, or could not be.</summary>
    public IEnumerable<string> Files => Cases.Select(test => test.File).Concat(Errors.Select(error => error.File)).Distinct();

    /// <summary>Where the paths are, each once.</summary>
    public ImmutableArray<SuitePart> Suites { get; init; } = [];
}
