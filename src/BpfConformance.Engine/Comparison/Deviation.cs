using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Comparison;

/// <summary>A failure of a target that is known and accepted.</summary>
/// <param name="Name">A pattern for names of cases, as <c>--filter</c> takes it.</param>
/// <param name="Reason">Why it is accepted.</param>
/// <param name="File">Where it is declared, as the user can open it.</param>
/// <param name="Line">1-based.</param>
/// <param name="Suite">The folder of the suite that it is about; <c>null</c>: any.</param>
public sealed record Deviation(string Name, string Reason, string File, int Line, string? Suite)
{
    /// <summary>
    /// Where some versions of the target have it and others do not, so that a case which passes is right, too: the last day on which that counts, as no case
    /// says that it is not true any more. <c>null</c>: all have it.
    /// </summary>
    public DateOnly? SometimesUntil { get; init; }

    private readonly CaseSelection _selection = new() { Filter = Name };

    public bool Covers(TestCase test) =>
        _selection.Selects(test) && (Suite is null || SuiteFolder.NameIn(Suite, test.File) == test.FileName);
}
