using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Mutants.Diagnosis;

namespace BpfConformance.Cli;

/// <summary>Says of each target that failed which known bugs it behaves like.</summary>
internal static class Diagnosing
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    public static void Write(
        IEnumerable<IExecutionTarget> targets,
        IReadOnlyCollection<TestCase> cases,
        IEnumerable<CaseResult> failures,
        TextWriter output,
        CancellationToken cancellation)
    {
        ILookup<string, TestCase> failed = failures.ToLookup(result => result.Target, result => result.Case, StringComparer.Ordinal);
        foreach (IExecutionTarget target in targets.Where(target => failed.Contains(target.Name)))
        {
            HashSet<TestCase> own = new(failed[target.Name], ReferenceEqualityComparer.Instance);
            using var progress = new Terminal.Progress(cases.Count);
            var diagnosis = new TargetDiagnosis(target, s_limit, (asked, fitting) => progress.Report(asked, $", {fitting} bugs fit"));
            output.WriteLine(diagnosis.Find(own, cases.Where(test => !own.Contains(test)), cancellation));
        }
    }
}
