using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Valid;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting.Bench;
using BpfConformance.Targets;
using BpfConformance.Targets.Timing;

namespace BpfConformance.Cli.Benchmarks;

/// <summary>What is asked of the generator and of targets.</summary>
/// <param name="Targets">The reference first.</param>
/// <param name="Programs">Which programs are written, in words.</param>
/// <param name="Inputs">Runs of a case.</param>
/// <param name="IsPlain">Whether programs have neither hook, map, helper nor function.</param>
public sealed record Pipeline(ImmutableArray<string> Targets, string Programs, int Inputs, bool IsPlain)
{
    /// <summary>All that are measured.</summary>
    public static ImmutableArray<Pipeline> All { get; } =
    [
        new(["reference", "x64"], Plain, 8, IsPlain: true),
        new(["reference", "x64"], "of any kind", 8, IsPlain: false),
        new(["reference", TargetRegistry.KernelName], Plain, 32, IsPlain: true),
    ];

    private const string Plain = "arithmetic, memory, jumps";

    public override string ToString() => string.Join(" + ", Targets);
}

/// <summary>Times what a campaign does with each case: it is made, run everywhere, and judged.</summary>
/// <param name="compiler">Of the loop that the kernel's is held against; <c>null</c>: there is none.</param>
/// <param name="rounds">How it is timed.</param>
public sealed class PipelineBench(NativeCompiler? compiler, InterleavedRounds rounds)
{
    /// <summary>Different programs, over and over.</summary>
    private const int Programs = 1024;

    /// <summary>Of the warm-up: several of them are what the runtime needs for so much code, and no round is as long.</summary>
    private static readonly TimeSpan s_stretch = TimeSpan.FromSeconds(0.5);

    private readonly List<PipelineSpeed> _speeds = [];
    private readonly List<NotMeasured> _notMeasured = [];

    public ImmutableArray<PipelineSpeed> Speeds => [.. _speeds];

    public ImmutableArray<NotMeasured> NotMeasured => [.. _notMeasured];

    /// <summary>Whether a program had a wrong result somewhere.</summary>
    public bool HasUnequal { get; private set; }

    /// <exception cref="OperationCanceledException">It was asked to stop; of this pipeline nothing is kept.</exception>
    public void Add(Pipeline pipeline, CancellationToken cancellation)
    {
        var targets = new List<IExecutionTarget>();
        try
        {
            foreach (string name in pipeline.Targets)
            {
                TargetEntry entry = TargetRegistry.Find(name) ?? throw new UnreachableException(name);
                if (entry.WhyUnavailable() is { } reason) throw new TargetException(reason);
                targets.Add(entry.Create());
            }

            _speeds.Add(Measure(pipeline, new CaseLoop(pipeline, targets), cancellation));
        }
        catch (TargetException trouble) when (!trouble.IsCrash)
        {
            _notMeasured.Add(new NotMeasured("generated cases", $"{pipeline}", trouble.Message));
        }
        finally
        {
            targets.ForEach(target => target.Dispose());
        }
    }

    private PipelineSpeed Measure(Pipeline pipeline, CaseLoop cases, CancellationToken cancellation)
    {
        if (cases.FirstFinding() is { } finding)
        {
            HasUnequal = true;
            throw new TargetException(finding);
        }

        bool hasLoop = pipeline.Targets.Contains(TargetRegistry.KernelName) && compiler is not null;
        WarmUp.UntilCompiled(() => Run(cases, s_stretch, cancellation));
        using BareKernelLoop? loop = hasLoop ? new BareKernelLoop(compiler!, cases.All) : null;
        ImmutableArray<double> least = rounds.Minima(loop is null ? [cases.NanosecondsPerCase] : [cases.NanosecondsPerCase, loop.NanosecondsPerCase], cancellation);
        return new PipelineSpeed($"{pipeline}", "valid", pipeline.Programs, cases.MeanSlots, pipeline.Inputs, least[0]) { NsPerCaseOfLoop = loop is null ? null : least[1] };
    }

    private static void Run(CaseLoop cases, TimeSpan time, CancellationToken cancellation)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time;)
        {
            cancellation.ThrowIfCancellationRequested();
            cases.NanosecondsPerCase(repeat: 1);
        }
    }

    /// <summary>The cases of a pipeline, from the generator to the judgement.</summary>
    private sealed class CaseLoop
    {
        /// <summary>Of memory: one map in the kernel is that of all.</summary>
        private const int PlainBytes = 64;

        private readonly ValidGenerator _generator = new ValidGenerator();
        private readonly ExperimentRunner _runner;
        private readonly OracleSet _oracles;
        private readonly GeneratorLimits _limits;
        private readonly ImmutableArray<int> _indices;
        private int _next;

        public CaseLoop(Pipeline pipeline, IReadOnlyList<IExecutionTarget> targets)
        {
            (_runner, _oracles) = (new ExperimentRunner(targets), OracleSet.ForGeneratedOn(targets));
            TargetCapabilities common = GeneratorLimits.Of([.. targets.Select(target => target.Capabilities)]).Common;
            if (pipeline.IsPlain) common = common with { Types = [ProgramType.Unspecified], Helpers = [], HasUserSpace = false, HasSeveralPrograms = false, HasContexts = false };
            _limits = new GeneratorLimits(common) { Inputs = pipeline.Inputs };
            _indices = [.. Enumerable.Range(0, int.MaxValue).Where(index => !pipeline.IsPlain || IsPlain(Case(index))).Take(Programs)];
            All = [.. _indices.Select(Case)];
            MeanSlots = All.Average(test => test.Program.Instructions.Length);
        }

        public ImmutableArray<TestCase> All { get; }

        public double MeanSlots { get; }

        public double NanosecondsPerCase(int repeat)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeat; i++)
            {
                if (_oracles.Judge(_runner.Run(Case(_indices[_next]))).Count > 0) throw new TargetException("a case was right at first, and is not any more");
                _next = (_next + 1) % _indices.Length;
            }

            return Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeat;
        }

        /// <summary>What is wrong with the first that is, or was not run in full; <c>null</c>: nothing.</summary>
        public string? FirstFinding()
        {
            foreach (TestCase test in All)
            {
                Experiment experiment = _runner.Run(test);
                if (_oracles.Judge(experiment) is [{ } finding, ..]) return $"{finding.Target}: expected {finding.Expected}, got {finding.Got}";
                if (experiment.Runs.FirstOrDefault(run => !run.HasReturned) is { } other) return $"{other.Target}: {other.Verdict.Kind}, or not every run returned: {other.Verdict.Message}";
            }

            return null;
        }

        private static bool IsPlain(TestCase test) => test.DataBytes == PlainBytes && test.Maps.IsEmpty && !test.Program.Instructions.Any(slot => JumpTargets.IsLocalCall(slot));

        private TestCase Case(int index)
        {
            Entropy entropy = Entropy.OfSeed(1, (ulong)index);
            return _generator.Next(ref entropy, _limits);
        }
    }
}
