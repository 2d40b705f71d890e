using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;

namespace BpfConformance.Targets.InProcess;

/// <summary>Measures a whole suite: what its runs do with each row of the instruction table, and which defects of the row make no case fail.</summary>
public static class SuiteCoverage
{
    /// <summary>One result for each row, in the order of the instruction table.</summary>
    /// <param name="cases">The suite.</param>
    /// <param name="progress">Told how many cases were run.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static ImmutableArray<(RowCoverage Seen, ImmutableArray<ResultDefect> Unseen)> Measure(
        ImmutableArray<TestCase> cases, Action<int> progress, CancellationToken cancellation)
    {
        var measurer = new CoverageMeasurer();
        for (int i = 0; i < cases.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            measurer.Add(cases[i]);
            progress(i + 1);
        }

        return [.. measurer.Rows.Select(row => (row, Unseen(row.Row, measurer.CasesOf(row.Row), cancellation)))];
    }

    /// <summary>Short runs are asked first.</summary>
    private static ImmutableArray<ResultDefect> Unseen(InstructionDef row, IReadOnlyList<CoveringCase> cases, CancellationToken cancellation)
    {
        CoveringCase[] byLength = [.. cases.OrderBy(each => each.Instructions)];
        return [.. RowDefects.Of(row).Where(defect => !IsSeen(new DefectObserver(row, defect)))];

        bool IsSeen(DefectObserver observer) => byLength.Any(each =>
        {
            cancellation.ThrowIfCancellationRequested();
            return observer.IsSeenBy(each);
        });
    }
}
