using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Reduction;
using BpfConformance.Engine.Targets;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Targets.InProcess;
using BpfConformance.Tests.Jit;

namespace BpfConformance.Tests.Engine.Findings;

/// <summary>Random programs by which a machine with a known defect is found out.</summary>
internal static class MutantFindings
{
    private const int MostPrograms = 400;
    private const int Inputs = 4;

    /// <summary>The finding of the first program that shows the defect, made small; <c>null</c>: none of them does.</summary>
    public static (ReducedFinding Finding, int Slots)? Reduced(Mutant mutant, int seed)
    {
        using var reference = new ReferenceTarget();
        using var target = new MutantTarget(mutant.Name, mutant.CreateHandlers()) { InstructionBudget = 10_000 };
        var inspector = new FindingInspector(reference, target, OracleSet.ForGeneratedOn([reference, target]));
        for (int program = seed; program < seed + MostPrograms; program++)
        {
            TestCase test = CaseOf(program);
            if (!test.Program.Instructions.Any(slot => mutant.Row.Matches(slot))) continue;
            if (!Returns(test, reference) || inspector.Judge(test).FirstOrDefault() is not { } finding) continue;
            return (inspector.Reduce(test, finding, Reducer.Default, CancellationToken.None), test.Program.Instructions.Length);
        }

        return null;
    }

    /// <summary>A machine that does not track what was written need not fault where the reference does.</summary>
    private static bool Returns(TestCase test, ReferenceTarget reference)
    {
        ObservationBatch? seen = new ExperimentRunner([reference]).Run(test).Runs[0].Observations;
        return seen is not null && Enumerable.Range(0, seen.Count).All(run => seen[run].Status == ExecutionStatus.Returned);
    }

    public static TestCase CaseOf(int seed)
    {
        var program = new BpfProgram(RandomProgram.Of(seed));
        ProgramNeeds needs = ProgramNeeds.Of(program.Instructions.AsSpan());
        var random = new Random(seed);
        return new TestCase
        {
            Name = $"seed {seed}",
            File = $"seed {seed}",
            Program = program,
            Lines = [.. program.Instructions.Select(_ => 0)],
            Inputs = [.. Enumerable.Range(0, Inputs).Select(_ => new CaseInput(0, RandomProgram.Data(random), null, null))],
            Expectation = Expectation.None,
            Groups = needs.Groups,
            Cpu = needs.Cpu,
        };
    }
}
