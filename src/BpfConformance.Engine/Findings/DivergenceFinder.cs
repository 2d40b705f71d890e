using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Findings;

/// <summary>
/// Finds the first instruction after which a target is not where the reference is. Both are black boxes: programs are run that go the path of the reference up to a step and end
/// there with what is to be seen in r0.
/// </summary>
/// <param name="reference">Whose path it is.</param>
/// <param name="target">Who leaves it.</param>
/// <param name="asking">As of <see cref="ExperimentRunner.Asking"/>.</param>
public sealed class DivergenceFinder(IExecutionTarget reference, IExecutionTarget target, Action<string?>? asking = null)
{
    /// <summary>Longer paths are halved again and again: then it is one of the steps at which they part, and mostly the first.</summary>
    private const int LongestScan = 96;

    private delegate IEnumerable<StepEnding> Endings(ReadOnlySpan<PathStep> path, int stayed);

    /// <summary>A machine with base32 alone would refuse programs with moves of 64 bits, and show nothing until the case itself has written r0.</summary>
    private readonly bool _isNarrow = !target.Capabilities.Groups.Contains(ConformanceGroup.Base64);

    private readonly PathFollower _follower = new(reference);
    private readonly ExperimentRunner _runner = new([reference, target]) { Asking = asking };

    /// <param name="test">The case.</param>
    /// <param name="input">The run that differs.</param>
    /// <returns><c>null</c>: it cannot be said; the two agree when the path is gone straight on, or it is no single run, or too long.</returns>
    public Divergence? Find(TestCase test, int input)
    {
        if (Followed(test, input) is not var (programs, path)) return null;
        int count = path.Length;
        if (!DiffersAfter(programs, path, count, StepEnding.AllOf)) return null;
        if (DiffersAfter(programs, path, 0, StepEnding.Of)) return At(programs, path, count); // wherever it is left
        int first = count <= LongestScan ? Scan(programs, path) : Halve(programs, path);
        return At(programs, path, first);
    }

    /// <summary>Whether both were seen to agree all along the path when it is gone straight on: what differs is how they come to go it.</summary>
    /// <param name="test">The case.</param>
    /// <param name="input">The run that differs.</param>
    public bool Agree(TestCase test, int input) => Followed(test, input) is var (programs, path)
        && EndingsAfter(programs, path, path.Length, StepEnding.AllOf).All(ending => Run(programs, path, path.Length, ending) is { } experiment
            && experiment.Runs.All(run => run.Observations is not null) && !Differs(experiment));

    /// <summary>What both had at each of the last steps before they part, and there.</summary>
    /// <param name="test">The case.</param>
    /// <param name="input">The run that differs.</param>
    /// <param name="divergence">Where they part.</param>
    /// <param name="most">How many steps at most.</param>
    public IEnumerable<StepState> Trace(TestCase test, int input, Divergence divergence, int most)
    {
        if (ProgramsOf(test, input) is not { } programs) yield break;
        int[] positions = PositionsOf(programs);
        ImmutableArray<PathStep> path = divergence.Path;
        for (int count = Math.Max(1, path.Length - most + 1); count <= path.Length; count++)
        {
            foreach (StepEnding ending in EndingsAfter(programs, path, count, StepEnding.Of))
            {
                PathStep step = path[count - 1];
                Experiment? experiment = Run(programs, path, count, ending);
                yield return new StepState(
                    step, positions[step.Index], ending.What, Shown(experiment?.Runs[0], programs, ending), Shown(experiment?.Runs[1], programs, ending), experiment is not null && Differs(experiment));
            }
        }
    }

    private (PathPrograms Programs, ImmutableArray<PathStep> Path)? Followed(TestCase test, int input) =>
        ProgramsOf(test, input) is { } programs && _follower.Follow(programs) is { IsEmpty: false } path ? (programs, path) : null;

    private PathPrograms? ProgramsOf(TestCase test, int input) => PathPrograms.Of(test, input, _isNarrow);

    private static int[] PositionsOf(PathPrograms programs) => new IrProgram(programs.Code, new BpfProgram([])).Positions();

    private static Divergence At(PathPrograms programs, ImmutableArray<PathStep> path, int count)
    {
        PathStep last = path[count - 1];
        return new Divergence(path[..count], PositionsOf(programs)[last.Index], last.Instruction.Row?.Name ?? string.Empty);
    }

    private int Scan(PathPrograms programs, ImmutableArray<PathStep> path)
    {
        int count = 1;
        while (count < path.Length && !DiffersAfter(programs, path, count, StepEnding.Of)) count++;
        return count;
    }

    private int Halve(PathPrograms programs, ImmutableArray<PathStep> path)
    {
        (int same, int different) = (0, path.Length);
        while (different - same > 1)
        {
            int middle = (same + different) / 2;
            if (DiffersAfter(programs, path, middle, StepEnding.AllOf)) different = middle;
            else same = middle;
        }

        return different;
    }

    private bool DiffersAfter(PathPrograms programs, ImmutableArray<PathStep> path, int count, Endings endings) =>
        EndingsAfter(programs, path, count, endings).Any(ending => Run(programs, path, count, ending) is { } experiment && Differs(experiment));

    /// <summary>A run that is over shows what it shows, and before the first step there is nothing but the end.</summary>
    private static IEnumerable<StepEnding> EndingsAfter(
        PathPrograms programs, ImmutableArray<PathStep> path, int count, Endings endings) =>
        count == 0 ? [new StepEnding(string.Empty, [IrCode.Move(Register.R0, programs.Stayed), IrCode.Exit])]
        : path[count - 1].IsLast ? [new StepEnding("r0", [])]
        : endings(path.AsSpan()[..count], programs.Stayed);

    private Experiment? Run(PathPrograms programs, ImmutableArray<PathStep> path, int count, StepEnding ending)
    {
        PathBuilder builder = programs.NewBuilder();
        foreach (PathStep step in path[..count]) builder.Add(step);
        if (!ending.Code.IsEmpty) builder.AddEnd(ending.Code.AsSpan());
        return programs.With(builder) is { } test ? _runner.Run(test) : null;
    }

    /// <summary>In the last run. A target that refuses what goes straight on says nothing about it; one that breaks does.</summary>
    private static bool Differs(Experiment experiment)
    {
        if (experiment.Runs is not [{ Observations: { } expected }, { } run]) return false;
        if (run.Observations is not { } got) return run.Verdict.Kind == VerdictKind.Crashed;
        int last = expected.Count - 1;
        return !expected.Agrees(last, got, Mask.Everything);
    }

    private static string? Shown(TargetRun? run, PathPrograms programs, StepEnding ending)
    {
        if (run?.Observations is not { } seen) return run?.Verdict.Kind == VerdictKind.Crashed ? "crashed" : null;
        Observation last = seen[seen.Count - 1];
        if (last.Status != ExecutionStatus.Returned) return $"{last.Status}{(last.Fault == FaultKind.None ? string.Empty : $": {last.Fault}")}";
        if (last.R0Mask == 0) return null;
        return !ending.IsWay ? $"0x{last.R0 & last.R0Mask:x}" : last.R0 == (ulong)programs.Stayed ? "as here" : "elsewhere";
    }
}
