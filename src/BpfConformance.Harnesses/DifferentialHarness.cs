using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Valid;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Harnesses.Coverage;
using BpfConformance.Targets;

namespace BpfConformance.Harnesses;

/// <summary>
/// Bytes decide which program is written; the reference and both compilers must agree on it. Emitted code counts no branches: what a run did says
/// the trace of the reference.
/// </summary>
public sealed class DifferentialHarness() : Harness("differential", "generated programs on the reference, il and x64")
{
    private const int Inputs = 4;

    private readonly Lazy<Machines> _machines = new(() => new Machines());

    /// <summary>The bytes of a case decide as well as any.</summary>
    public override byte[] SeedOf(TestCase test) => test.Program.ToBytes();

    protected override void Check(ReadOnlySpan<byte> input) => _machines.Value.Check(input);

    /// <summary>What takes time to make, and is not needed by who only lists harnesses.</summary>
    private sealed class Machines
    {
        private static readonly string[] s_names = ["reference", "il", "x64"];

        private readonly ValidGenerator _generator = new();
        private readonly TraceCoverage _trace = new();
        private readonly GeneratorLimits _limits;
        private readonly ExperimentRunner _runner;
        private readonly OracleSet _oracles;

        public Machines()
        {
            TargetEntry[] entries = [.. s_names.Select(name => TargetRegistry.Find(name)!)]; // they are in the registry
            if (entries.Select(entry => entry.WhyUnavailable()).FirstOrDefault(why => why is not null) is { } lack) throw new TargetException($"there is nothing to hold against each other: {lack}");
            IExecutionTarget[] targets = [.. entries.Select(entry => entry.Create())];
            _limits = GeneratorLimits.Of([.. targets.Select(target => target.Capabilities)]) with { Inputs = Inputs };
            (_runner, _oracles) = (new ExperimentRunner(targets), OracleSet.ForGeneratedOn(targets));
        }

        public void Check(ReadOnlySpan<byte> input)
        {
            var entropy = Entropy.OfBytes(input.ToArray());
            TestCase test = _generator.Next(ref entropy, _limits);
            Experiment experiment = _runner.Run(test);
            if (_oracles.Judge(experiment) is [{ } finding, ..])
            {
                throw new PropertyException($"{finding.Target} does as the reference, in {finding.Facet}", $"expected {finding.Expected}, found {finding.Got}");
            }

            if (experiment.Runs.FirstOrDefault(run => run.Observations is null) is { } refused)
            {
                throw new PropertyException($"a valid program loads on {refused.Target}", $"{refused.Verdict.Kind}, {refused.Verdict.Reason}");
            }

            _trace.Follow(test);
        }
    }
}
