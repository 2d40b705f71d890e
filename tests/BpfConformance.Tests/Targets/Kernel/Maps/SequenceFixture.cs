using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Tests of random steps with the same maps, on the reference and both compilers against the kernel.</summary>
internal abstract class SequenceFixture : KernelFixture
{
    private const int StepsEach = 200;
    private const int ShownBytes = 32;
    private const int ShownResults = 12;

    /// <summary>Which registers hold addresses, only the reference knows.</summary>
    private static readonly Mask s_mask = new(Facets.All & ~Facets.Registers);

    /// <summary>All steps of a sequence.</summary>
    /// <param name="next">Makes one.</param>
    protected static ImmutableArray<RunInput> Steps(Func<RunInput> next) => [.. Enumerable.Range(0, StepsEach).Select(_ => next())];

    /// <summary>
    /// What programs of packets begin with: r6 is where the packet is, of which the first word says in r8 what to do and the second double word in r9 how;
    /// with a shorter packet they go to <c>none</c>.
    /// </summary>
    /// <param name="data">Where the context has the start of the packet; its end is behind it.</param>
    /// <param name="bytes">Of the packet.</param>
    protected static string Order(int data, int bytes) => $"""
        r6 = *(u32 *)(r1 + {data})
        r7 = *(u32 *)(r1 + {data + sizeof(uint)})
        r2 = r6
        r2 += {bytes}
        if r2 > r7 goto none
        r8 = *(u32 *)(r6 + 0)
        r9 = *(u64 *)(r6 + 8)

        """;

    /// <summary>Runs sequences on all of them.</summary>
    /// <param name="request">What is loaded; its inputs are a sequence.</param>
    /// <param name="count">How many sequences, unless somebody wants more.</param>
    /// <param name="next">Makes one.</param>
    protected static void Compare(LoadRequest request, int count, Func<Random, ImmutableArray<RunInput>> next)
    {
        int seed = RandomTest.Seed();
        int sequences = RandomTest.Programs(count);
        var watch = Stopwatch.StartNew();
        using var reference = new ReferenceTarget();
        using var kernel = KernelTarget.Create(reference);
        using ILoadedProgram onKernel = Loaded(kernel, request);
        IExecutionTarget[] targets = [.. TargetRegistry.All.Where(entry => entry.Name is "reference" or "il" or "x64" && entry.WhyUnavailable() is null).Select(entry => entry.Create())];
        var results = new SortedDictionary<(string Step, long Result), int>();
        ILoadedProgram[] programs = [.. targets.Select(target => Loaded(target, request))];
        for (int i = 0; i < sequences; i++)
        {
            ImmutableArray<RunInput> steps = next(new Random(unchecked(seed + i)));
            ObservationBatch theirs = Seen(onKernel, request, steps);
            Count(results, steps, theirs);
            for (int own = 0; own < programs.Length; own++)
            {
                string name = $"BPFCONF_SEED={unchecked(seed + i)} {targets[own].Name}";
                CheckAlike(Seen(programs[own], request, steps), theirs, steps, name);
            }
        }

        foreach (IDisposable own in programs.Concat<IDisposable>(targets)) own.Dispose();
        TestContext.Out.WriteLine($"{sequences} sequences, {sequences * StepsEach} operations in {watch.Elapsed.TotalSeconds:f1} s");
        foreach (var step in results.GroupBy(pair => pair.Key.Step))
        {
            string[] most = [.. step.OrderByDescending(pair => pair.Value).Take(ShownResults).Select(pair => $"{pair.Key.Result} {pair.Value}")];
            TestContext.Out.WriteLine($"  {step.Key}: {string.Join(", ", most)}");
        }
    }

    /// <summary>How often the kernel answered what: for people, who see what random sequences reach.</summary>
    private static void Count(SortedDictionary<(string Step, long Result), int> results, ImmutableArray<RunInput> steps, ObservationBatch seen)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            string step = steps[i].Step switch
            {
                null => $"run of {steps[i].Program}",
                MapStep onMap => onMap.Command.ToString(),
                PinStep pin => pin.Command.ToString(),
                RingStep ring => ring.Command.ToString(),
                { } other => other.GetType().Name,
            };
            results[(step, (long)seen[i].R0)] = results.GetValueOrDefault((step, (long)seen[i].R0)) + 1;
        }
    }

    private static void CheckAlike(ObservationBatch ours, ObservationBatch theirs, ImmutableArray<RunInput> steps, string name)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            string Step() => $"{name}, step {i}: {Text(steps[i])}: {Shown(ours, i)} and {Shown(theirs, i)} {theirs.Reason(i)}";
            Assert.That((ours[i].Status, theirs[i].Status), Is.EqualTo((ExecutionStatus.Returned, ExecutionStatus.Returned)), Step);
            Assert.That(FacetComparer.Differences(ours, i, theirs, i, s_mask), Is.EqualTo(Facets.None), Step);
        }

        Assert.That((ours[steps.Length - 1].MapsLength, theirs[steps.Length - 1].MapsLength), Is.GreaterThan((0, 0)), name);
    }

    private static string Text(in RunInput input) =>
        input.Step is MapStep step ? $"{step.Command} {step.Map} {Convert.ToHexString(step.Key.Span)} {Convert.ToHexString(step.Value.Span)} {step.Flags:x}"
        : input.Step?.ToString() ?? $"run of {input.Program} {Convert.ToHexString(input.Data.Span[..Math.Min(input.Data.Length, ShownBytes)])}";

    private static string Shown(ObservationBatch seen, int i) =>
        $"{(long)seen[i].R0} [{Convert.ToHexString(seen.Data(i)[..Math.Clamp(seen[i].DataLength, 0, ShownBytes)])}]";

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
