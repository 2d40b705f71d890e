using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>
/// A load must not cost far more than loads usually do: neither work of the verifier, nor emitted code. And a verifier must not give up on a program that it can go through
/// path by path: without a jump back and without functions, those are at most two for each condition. Memory shows in no observation. A run without end is told by the
/// <see cref="StateOracle"/>.
/// </summary>
/// <param name="usual">What an instruction costs each target; who has no entry is only asked whether it gives up.</param>
public sealed class CostOracle(IReadOnlyDictionary<string, UsualCost> usual) : IOracle
{
    // Of 20,000 valid programs and 5,000 of stress, the dearest cost 16 times the median in verifier work, 4 times in code; on Linux 6.18, x86-64.
    private const int MostTimesVerified = 50;
    private const int MostTimesCode = 10;

    /// <summary>Up to it nothing is too much: every program has an entry and an exit.</summary>
    private const long LeastVerified = 10_000;
    private const long LeastCodeBytes = 4096;

    public string Name => "cost";

    /// <summary>Whether nothing is said of it, whatever the program.</summary>
    public static bool IsLittle(LoadCost cost) => cost is { VerifiedInstructions: null or <= LeastVerified, CodeBytes: null or <= LeastCodeBytes };

    public IEnumerable<Finding> Judge(Experiment experiment)
    {
        foreach (TargetRun run in experiment.Runs)
        {
            if (GivenUp(experiment.Case, run) is { } givenUp) yield return givenUp;
            if (TooMuchVerified(experiment.Case, run) is { } work) yield return work;
            if (TooMuchCode(experiment.Case, run) is { } code) yield return code;
        }
    }

    private Finding? GivenUp(TestCase test, TargetRun run) =>
        run.Verdict is { Kind: VerdictKind.Rejected, Reason: ReasonClass.TooComplex }
        && MostSteps(test.Program.Instructions) is { } steps and <= BpfProgram.MaxInstructions
            ? OfLoad(Name, run, $"a verdict after at most {steps} instructions on all paths", FindingText.Verdict(run.Verdict))
            : null;

    /// <summary>A loop is verified round by round, also one that no input goes round, so of programs with one nothing is said.</summary>
    private Finding? TooMuchVerified(TestCase test, TargetRun run)
    {
        if (run.Cost.VerifiedInstructions is not { } verified || verified <= LeastVerified || UsualOf(run).VerifiedInstructions is not { } each) return null;
        if (MostSteps(test.Program.Instructions) is null) return null;
        int steps = test.Program.Instructions.Length;
        long most = Math.Max(LeastVerified, (long)(MostTimesVerified * each * steps));
        return verified <= most ? null : OfLoad(
            Name, run, $"at most {Number(most)} instructions verified, of a program of {Number(steps)} slots", $"{Number(verified)} instructions verified");
    }

    private Finding? TooMuchCode(TestCase test, TargetRun run)
    {
        if (run.Cost.CodeBytes is not { } bytes || bytes <= LeastCodeBytes || UsualOf(run).CodeBytes is not { } each) return null;
        int slots = test.Program.Instructions.Length;
        long most = Math.Max(LeastCodeBytes, (long)(MostTimesCode * each * slots));
        return bytes <= most ? null : OfLoad(
            $"{Name} in code", run, $"at most {Number(most)} bytes of code, of a program of {Number(slots)} slots", $"{Number(bytes)} bytes of code");
    }

    private UsualCost UsualOf(TargetRun run) => usual.GetValueOrDefault(run.Target);

    private static Finding OfLoad(string oracle, TargetRun run, string expected, string got) =>
        new(oracle, run.Target, Facets.Status, null, expected, got, run.Verdict.Pc);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The most instructions on all paths together; <c>null</c>: paths can come back, or lead through functions, or there are too many to count.</summary>
    private static long? MostSteps(ImmutableArray<Instruction> program)
    {
        long steps = program.Length;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            Instruction slot = program[pc];
            if (JumpTargets.NamesFunction(slot)) return null;
            if (!JumpTargets.IsJump(slot)) continue;
            if (JumpTargets.Of(slot, pc) <= pc || steps > BpfProgram.MaxInstructions) return null;
            if (!JumpTargets.EndsBlock(slot)) steps *= 2;
        }

        return steps;
    }
}
