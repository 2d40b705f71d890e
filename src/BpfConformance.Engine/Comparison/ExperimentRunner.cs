using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>Gives a case to every target and collects what they did. One thread at a time.</summary>
public sealed class ExperimentRunner
{
    private readonly ImmutableArray<(IExecutionTarget Target, ObservationBatch Batch)> _targets;

    /// <param name="targets">The reference, when it takes part, first. They stay the caller's to dispose.</param>
    public ExperimentRunner(IReadOnlyList<IExecutionTarget> targets) =>
        _targets = [.. targets.Select(target => (target, new ObservationBatch()))];

    /// <summary>Told before a target gets a case: its name; <c>null</c>: all had it.</summary>
    public Action<string?>? Asking { get; init; }

    /// <summary>The observations are valid until the next call.</summary>
    public Experiment Run(TestCase test)
    {
        // Running what must not even load could only bring trouble.
        RunInput[] inputs = test.Expectation.Load == LoadExpectation.Rejected ? [] : test.ForRuns();
        LoadRequest request = test.ToRequest();
        var runs = new TargetRun[_targets.Length];
        for (int i = 0; i < runs.Length; i++)
        {
            Asking?.Invoke(_targets[i].Target.Name);
            runs[i] = Run(test, request, inputs, _targets[i].Target, _targets[i].Batch);
        }

        Asking?.Invoke(null);
        return new Experiment(test, ImmutableCollectionsMarshal.AsImmutableArray(runs));
    }

    [SuppressMessage("Design", "CA1031", Justification = "A target is somebody else's code: its bugs must not end the run.")]
    private static TargetRun Run(TestCase test, LoadRequest request, RunInput[] inputs, IExecutionTarget target, ObservationBatch batch)
    {
        try
        {
            if (target.Capabilities.Lacks(test) is { } lack)
            {
                return new TargetRun(target.Name, Verdict.Unsupported(ReasonClass.NotImplemented, lack), null);
            }

            LoadResult load = target.Load(request);
            using ILoadedProgram? program = load.Program;
            if (load.Verdict.Kind != VerdictKind.Accepted) return new TargetRun(target.Name, load.Verdict, null);

            if (test.Contention is not null) return ContendedRun.Of(test, inputs, target.Name, program!, batch);

            batch.Reset(inputs.Length, request.ObservedBytes, test.MapBytes, test.ContextBytes);
            if (inputs.Length > 0) program!.Run(inputs, batch);
            return new TargetRun(target.Name, load.Verdict, batch) { Cost = load.Cost, Tracks = target.Capabilities.Tracks };
        }
        catch (TargetException trouble)
        {
            Verdict verdict = trouble.IsCrash ? Verdict.Crashed(trouble.Message) : Verdict.Inconclusive(trouble.Message);
            return new TargetRun(target.Name, verdict, null);
        }
        catch (Exception bug)
        {
            return new TargetRun(target.Name, Verdict.Crashed($"{bug.GetType().Name} in the target: {StackText.MessageOf(bug)}"), null) { Stack = StackText.Of(bug) };
        }
    }
}
