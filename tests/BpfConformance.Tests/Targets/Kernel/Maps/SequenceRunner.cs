using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Runs sequences that have the same maps on both machines: one load, many sequences.</summary>
internal sealed class SequenceRunner : IDisposable
{
    private readonly ObservationBatch _ofReference = new();
    private readonly ObservationBatch _ofKernel = new();
    private readonly ILoadedProgram _reference;
    private readonly ILoadedProgram _kernel;
    private readonly LoadRequest _request;

    public SequenceRunner(IExecutionTarget reference, IExecutionTarget kernel, LoadRequest request)
    {
        _request = request;
        _reference = Loaded(reference, request);
        _kernel = Loaded(kernel, request);
    }

    /// <summary>What the kernel last showed.</summary>
    public ObservationBatch OfKernel => _ofKernel;

    /// <summary>Where the machines first differ, or <c>null</c>.</summary>
    public SequenceDifference? Difference(MapSequence sequence)
    {
        Run(_reference, _ofReference, sequence);
        Run(_kernel, _ofKernel, sequence);
        return new SequenceComparison(sequence, _ofReference, _ofKernel).First();
    }

    public void Dispose()
    {
        _reference.Dispose();
        _kernel.Dispose();
    }

    private static ILoadedProgram Loaded(IExecutionTarget target, LoadRequest request)
    {
        LoadResult result = target.Load(request);
        string map = $"{target.Name}, {request.Maps[^1]}";
        return result.Program ?? throw new AssertionException($"{map}: {result.Verdict.Reason}: {result.Verdict.Message}");
    }

    private void Run(ILoadedProgram program, ObservationBatch into, MapSequence sequence)
    {
        into.Reset(sequence.Steps.Length, _request.ObservedBytes, sequence.ImageBytes);
        program.Run(sequence.Steps.AsSpan(), into);
    }
}
