using System.Collections.Immutable;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random steps with the same maps, on the reference and both compilers against the kernel.</summary>
internal static class SequenceOnAllEngines
{
    private const int ShownBytes = 16;

    /// <param name="request">What is loaded; its inputs are a sequence.</param>
    /// <param name="count">How many sequences each engine takes.</param>
    /// <param name="next">Makes one.</param>
    public static void Compare(LoadRequest request, int count, Func<Random, ImmutableArray<RunInput>> next)
    {
        var random = new Random(RandomTest.Seed());
        using var reference = new ReferenceTarget();
        using var kernel = KernelTarget.Create(reference);
        using ILoadedProgram onKernel = Loaded(kernel, request);
        foreach (TargetEntry own in TargetRegistry.All.Where(entry => entry.Name is "reference" or "il" or "x64" && entry.WhyUnavailable() is null))
        {
            using IExecutionTarget target = own.Create();
            using ILoadedProgram program = Loaded(target, request);
            for (int sequence = count; sequence > 0; sequence--) Compare(program, onKernel, request, next(random), own.Name);
        }
    }

    private static void Compare(ILoadedProgram own, ILoadedProgram kernel, LoadRequest request, ImmutableArray<RunInput> steps, string name)
    {
        var mask = new Mask(Facets.All & ~Facets.Registers); // which of them hold addresses, only the reference knows
        (ObservationBatch ours, ObservationBatch theirs) = (Seen(own, request, steps), Seen(kernel, request, steps));
        for (int i = 0; i < steps.Length; i++)
        {
            string step = $"{name}, step {i}: {steps[i].Step?.ToString() ?? $"run of {steps[i].Program} {Convert.ToHexString(steps[i].Data.Span[..Math.Min(steps[i].Data.Length, ShownBytes)])}"} {theirs.Reason(i)} {(long)ours[i].R0} and {(long)theirs[i].R0}, {string.Join(", ", request.Maps.Select(map => $"{map.Type} {map.Pin?.Path}".TrimEnd()))}";
            Assert.That((ours[i].Status, theirs[i].Status), Is.EqualTo((ExecutionStatus.Returned, ExecutionStatus.Returned)), step);
            Assert.That(FacetComparer.Differences(ours, i, theirs, i, mask), Is.EqualTo(Facets.None), step);
        }

        Assert.That((ours[steps.Length - 1].MapsLength, theirs[steps.Length - 1].MapsLength), Is.GreaterThan((0, 0)), name);
    }

    private static ObservationBatch Seen(ILoadedProgram program, LoadRequest request, ImmutableArray<RunInput> steps)
    {
        var seen = new ObservationBatch();
        seen.Reset(steps.Length, request.ObservedBytes, (int)MapImage.MaxBytes(request.Maps));
        program.Run(steps.AsSpan(), seen);
        return seen;
    }

    private static ILoadedProgram Loaded(IExecutionTarget target, LoadRequest request)
    {
        LoadResult result = target.Load(request);
        return result.Program ?? throw new AssertionException($"{target.Name}: {result.Verdict.Reason}: {result.Verdict.Message}");
    }
}
