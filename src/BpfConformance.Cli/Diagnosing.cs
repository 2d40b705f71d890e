using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Mutants.Diagnosis;

namespace BpfConformance.Cli;

/// <summary>Says of each target that failed which known bugs it behaves like.</summary>
internal static class Diagnosing
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    public static void Write(
        IEnumerable<IExecutionTarget> targets,
        IReadOnlyCollection<TestCase> cases,
        IEnumerable<CaseResult> results,
        TextWriter output,
        CancellationToken cancellation)
    {
        ILookup<(string, CaseStatus), TestCase> byStatus = results.ToLookup(result => (result.Target, result.Status), result => result.Case);
        foreach (IExecutionTarget target in targets.Where(target => byStatus.Contains((target.Name, CaseStatus.Failed))))
        {
            using var progress = new Terminal.Progress(cases.Count);
            var diagnosis = new TargetDiagnosis(target, s_limit, (asked, fitting) => progress.Report(asked, $", {fitting} bugs fit"));
            output.WriteLine(diagnosis.Find(byStatus[(target.Name, CaseStatus.Failed)], byStatus[(target.Name, CaseStatus.Passed)], cancellation));
        }
    }
}
