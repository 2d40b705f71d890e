using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Mutants.Scoring;

/// <summary>What a suite can ask a mutant: all runs that the checked reference itself passes, in handy portions.</summary>
public static class ProbeSet
{
    private const int FirstPortion = 16;
    private const int LargestPortion = 1024;
    private const long LongestTrace = 1 << 20;
    private const long InstructionsPerLoad = 10_000;
    private const long InstructionsPerRun = 300;

    public static ImmutableArray<Probe> Of(IReadOnlyList<TestCase> cases, CancellationToken cancellation) =>
        [.. cases.AsParallel().AsOrdered().WithCancellation(cancellation).SelectMany(Of)];

    /// <summary>
    /// Those of one case, found when they are asked for; none where the machine does not pass it or it is not about instructions, and none of
    /// several threads: defects are not atomic.
    /// </summary>
    public static IEnumerable<Probe> Of(TestCase test)
    {
        if (test.Subject is null || test.Expectation.Load == LoadExpectation.Rejected || test.Contention is not null || Stated(test) is not { } stated) yield break;
        foreach (Probe probe in Portions(stated).Select(ProbeOf).OfType<Probe>()) yield return probe;
    }

    /// <summary>Where a case has only a signature, which the machine meets, every run states what the machine gives.</summary>
    private static TestCase? Stated(TestCase test)
    {
        if (test.Signature is null) return test;
        using var target = new MutantTarget("checked", HandlerTable.Checked);
        Experiment experiment = new ExperimentRunner([target]).Run(test);
        if (CaseJudge.ForVectors.Judge(experiment)[0].Status != CaseStatus.Passed) return null;

        ObservationBatch seen = experiment.Runs[0].Observations!; // it passed, so it ran
        return test with
        {
            Signature = null,
            Inputs = [.. test.Inputs.Select((input, run) => input with { Result = seen[run].R0, DataAfter = DataAfter(run) })],
        };

        ReadOnlyMemory<byte> DataAfter(int run) => seen.Data(run)[..seen[run].DataLength].ToArray();
    }

    /// <summary>Small portions first: most defects show in the first runs.</summary>
    private static IEnumerable<TestCase> Portions(TestCase test)
    {
        int portion = FirstPortion;
        for (int start = 0; start < test.Inputs.Length; start += portion, portion = Math.Min(4 * portion, LargestPortion))
        {
            int count = Math.Min(portion, test.Inputs.Length - start);
            yield return test with { Inputs = test.Inputs.Slice(start, count) };
        }
    }

    /// <summary>A case that the machine does not pass without a defect says nothing about defects.</summary>
    private static Probe? ProbeOf(TestCase test)
    {
        using var target = new MutantTarget("checked", HandlerTable.Checked);
        if (test.Expectation.Run == RunExpectation.TimedOut) target.InstructionBudget = LongestTrace;
        Experiment experiment = new ExperimentRunner([target]).Run(test);
        if (CaseJudge.ForVectors.Judge(experiment)[0].Status != CaseStatus.Passed) return null;

        ObservationBatch seen = experiment.Runs[0].Observations!; // it passed, so it ran
        long[] counts = [.. Enumerable.Range(0, seen.Count).Select(run => seen[run].Instructions)];
        long cost = InstructionsPerLoad + (test.Program.Instructions.Length * 4L) + counts.Sum(count => InstructionsPerRun + count);
        return new Probe(test, Executed(test), test.Expectation.Run == RunExpectation.TimedOut ? 0 : counts.Max(), cost);
    }

    private static ImmutableHashSet<InstructionDef> Executed(TestCase test)
    {
        using InterpretedProgram program = InterpretedProgram.TryLoad(
            test.Program,
            test.Maps,
            test.DataBytes,
            HandlerTable.Checked,
            out ValidationError? _)!; // it was loaded before
        var executed = new bool[test.Program.Instructions.Length];
        foreach (CaseInput input in test.Inputs) program.Trace(input.Data.Span, LongestTrace, pc => executed[pc] = true, context: input.Context.Span);

        // A run that was cut short may execute anything.
        bool isWhole;
        unsafe
        {
            isWhole = program.Memory.Machine->Status != RunStatus.OutOfBudget;
        }

        var rows = ImmutableHashSet.CreateBuilder<InstructionDef>();
        for (int pc = 0; pc < executed.Length; pc++)
        {
            if ((executed[pc] || !isWhole) && InstructionTable.Find(test.Program.Instructions[pc]) is { } row) rows.Add(row);
        }

        return rows.ToImmutable();
    }
}
