using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Valid;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Jit;
using BpfConformance.Jit.Il;
using BpfConformance.Jit.X64;
using BpfConformance.Runtime.Execution;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>Helpers that are called wrongly are found, though it shows nowhere else; and engines that are right all have the same trace.</summary>
[TestFixture]
internal sealed unsafe class HelperTraceTests
{
    /// <summary>bpf_strtol of one digit, to a place that nobody reads; {0} is the base.</summary>
    private const string Parse = "*(u8 *)(r10 - 8) = 0x37\n{0}\nr1 = r10\nr1 += -8\nr2 = 1\nr4 = r10\nr4 += -16\ncall 105\n";

    /// <summary>Of two of these.</summary>
    private const int SecondCallPc = 15;

    /// <summary>The digit means the same in every base.</summary>
    private static readonly TestCase s_parsing = Parsing("r3 = 10", "r3 = 16");

    /// <summary>A function that is given a place, and does not look at it.</summary>
    private static readonly TestCase s_callingBack = Case("r1 = 2\nr2 = code_addr(back) ll\nr3 = r10\nr3 += -16\nr4 = 0\ncall 181\nr0 = 0\nexit\nback:\nr0 = 0\nexit");

    /// <summary>A tail call that leads nowhere.</summary>
    private static readonly TestCase s_tailCall = Read("-- type\nsocket_filter\n-- maps\np: prog_array key 4 value 4 entries 2\n-- asm\nr2 = map_by_fd(p) ll\nr3 = 7\ncall 12\nr0 = 0\nexit\n-- cases\n000000000000000000000000000000 -> 0\n");

    private static readonly Engine[] s_engines = [new("il", IlProgram.WhyUnavailable(), JitLoaders.Il(JitOptions.Checked)), new("x64", X64Program.WhyUnavailable(), JitLoaders.X64(JitOptions.Checked))];

    [TestCaseSource(nameof(s_engines))]
    public void Call_WithAnotherArgument_IsFound(Engine engine)
    {
        AssertOnlyTheTraceDiffers(s_parsing, engine, slot => slot is { Immediate: 10 } ? slot with { Immediate = 8 } : slot);
        AssertOnlyTheTraceDiffers(s_parsing, engine, slot => slot is { Immediate: -16 } ? slot with { Immediate = -24 } : slot);
        AssertOnlyTheTraceDiffers(s_callingBack, engine, slot => slot is { Immediate: -16 } ? slot with { Immediate = -24 } : slot);
        AssertOnlyTheTraceDiffers(s_tailCall, engine, slot => slot is { Immediate: 7 } ? slot with { Immediate = 5 } : slot);
    }

    /// <summary>An address, of which a helper takes the lower half for the number of a processor: whether there is a value is each machine's own.</summary>
    [Test]
    public void Call_WithAnAddressForANumber_LeavesTheRunOpen()
    {
        TestCase test = Read("-- maps\nm: percpu_array key 4 value 8 entries 1\n-- asm\nr6 = r1\nr2 = r10\nr2 += -4\n*(u32 *)(r10 - 4) = 0\nr1 = map_by_fd(m) ll\nr3 = r6\ncall 195\nr0 = 0\nexit\n-- cases\n00000000 -> 0\n");
        using var reference = new ReferenceTarget();

        Assert.That(new ExperimentRunner([reference]).Run(test).Runs[0].Observations![0].Status, Is.EqualTo(ExecutionStatus.Inconclusive));
    }

    [TestCaseSource(nameof(s_engines))]
    public void Calls_InAnotherOrder_AreFound(Engine engine) =>
        AssertOnlyTheTraceDiffers(s_parsing, engine, slot => slot is { Immediate: 10 or 16 } ? slot with { Immediate = 26 - slot.Immediate } : slot);

    [Test]
    public void Call_MadeTwice_IsFoundWhereItIsMade()
    {
        HandlerTable handlers = HandlerTable.Sanitized.With(InstructionTable.Named("call-helper"), CallTwiceInBase16);
        var twice = new InProcessTarget("twice", EngineCapabilities.With(), ReferenceTarget.Loader(handlers));

        Assert.That(Findings(s_parsing, twice).Select(finding => finding.Facet), Is.EqualTo(new[] { Facets.HelperTrace }));
        Assert.That(new DivergenceFinder(new ReferenceTarget(), twice).Find(s_parsing, 0)?.Pc, Is.EqualTo(SecondCallPc));
    }

    [TestCaseSource(nameof(s_engines))]
    public void Finding_SaysHowManyWereCalled(Engine engine)
    {
        Finding finding = Findings(s_parsing, engine.Changing(slot => slot is { Immediate: 10 } ? slot with { Immediate = 8 } : slot)).Single();

        Assert.That(finding.Expected, Does.Match("^2 calls of helpers, with trace 0x[0-9a-f]+ \\(as reference\\)$"));
        Assert.That(finding.Got, Does.Match("^2 calls of helpers, with trace 0x[0-9a-f]+$"));
    }

    /// <summary>What an address is as a number differs from engine to engine, so that no trace follows from it.</summary>
    [TestCase("r3 = 10", true)]
    [TestCase("r3 = r10\nr3 *= 3", false)]
    [TestCase("call 7\nr3 = r0", false)]
    public void Trace_OfAValue_IsSeenIfEveryMachineHasIt(string value, bool isSeen)
    {
        TestCase test = Parsing(value);
        using var reference = new ReferenceTarget();
        foreach (Engine engine in s_engines.Where(each => each.Missing is null))
        {
            Experiment experiment = new ExperimentRunner([reference, engine.Changing(slot => slot)]).Run(test);
            Assert.That(experiment.Runs[0].Observations![0].HelperCalls >= 0, Is.EqualTo(isSeen)); // it is accepted
            Assert.That(new StateOracle().Judge(experiment), Is.Empty, engine.Name);
        }
    }

    [Test]
    public void Trace_OfEveryCaseWithMaps_IsTheSame()
    {
        TestCase[] cases = [.. CaseLoader.Load([Repository.PathOf("conformance", "maps")]).Cases.Where(test => test.Contention is null)];

        Assert.That(CountTraces(cases), Is.GreaterThan(1000));
    }

    [Test]
    public void Trace_OfGeneratedCases_IsTheSame()
    {
        GeneratorLimits limits = GeneratorLimits.Of([new ReferenceTarget().Capabilities]);
        var generator = new ValidGenerator();

        Assert.That(CountTraces(Enumerable.Range(0, 300).Select(index => OfIndex((ulong)index))), Is.GreaterThan(300));

        TestCase OfIndex(ulong index)
        {
            Entropy entropy = Entropy.OfSeed(17, index);
            return generator.Next(ref entropy, limits);
        }
    }

    /// <summary>How many runs have shown calls on all engines, which agree.</summary>
    private static int CountTraces(IEnumerable<TestCase> cases)
    {
        IExecutionTarget[] targets = [new ReferenceTarget(), .. s_engines.Where(each => each.Missing is null).Select(each => each.Changing(slot => slot))];
        var runner = new ExperimentRunner(targets);
        int count = 0;
        foreach (TestCase test in cases)
        {
            Experiment experiment = runner.Run(test);
            Assert.That(new StateOracle().Judge(experiment).Where(finding => finding.Facet == Facets.HelperTrace), Is.Empty, test.Name);
            for (int input = 0; input < test.Inputs.Length; input++)
            {
                count += experiment.Runs.All(run => run.Observations is { } seen && seen[input].HelperCalls > 0) ? 1 : 0;
            }
        }

        TestContext.Out.WriteLine($"{count} traces with calls");
        return count;
    }

    private static void AssertOnlyTheTraceDiffers(TestCase test, Engine engine, Func<Instruction, Instruction> change)
    {
        if (engine.Missing is { } reason) Assert.Ignore(reason);
        Assert.That(Findings(test, engine.Changing(slot => slot)), Is.Empty);
        Assert.That(Findings(test, engine.Changing(change)).Select(finding => finding.Facet), Is.EqualTo(new[] { Facets.HelperTrace }));
    }

    private static Finding[] Findings(TestCase test, IExecutionTarget target)
    {
        using var reference = new ReferenceTarget();
        Experiment experiment = new ExperimentRunner([reference, target]).Run(test);
        Assert.That(experiment.Runs[0].Observations?[0].Status, Is.EqualTo(ExecutionStatus.Returned));
        return [.. new StateOracle().Judge(experiment)];
    }

    private static Slot* CallTwiceInBase16(Slot* s, Machine* m)
    {
        if (m->Registers[(int)Register.R3] == 16)
        {
            ReadOnlySpan<uint> before = new ReadOnlySpan<uint>(m->Provenance, MachineLimits.RegisterCount).ToArray();
            _ = CallHandlers.CallHelper<FullShadow>(s, m);
            before.CopyTo(new Span<uint>(m->Provenance, MachineLimits.RegisterCount));
        }

        return CallHandlers.CallHelper<FullShadow>(s, m);
    }

    private static TestCase Parsing(params IEnumerable<string> bases) =>
        Case(string.Concat(bases.Select(each => Parse.Replace("{0}", each, StringComparison.Ordinal))) + "r0 = 0\nexit");

    private static TestCase Case(string text) => Read($"-- asm\n{text}\n-- result\n0\n");

    private static TestCase Read(string vector) => VectorReader.Read(vector, "x", "x") with { Expectation = Expectation.None };

    /// <summary>A compiler.</summary>
    /// <param name="Name">As in <c>--target</c>.</param>
    /// <param name="Missing">Why there is none here.</param>
    /// <param name="Load">Compiles.</param>
    internal sealed record Engine(string Name, string? Missing, EngineLoader Load)
    {
        /// <summary>It takes instructions for others.</summary>
        public InProcessTarget Changing(Func<Instruction, Instruction> change) => new(
            Name,
            EngineCapabilities.With(),
            (LoadRequest request, out ValidationError? error) => Load(request with { Program = request.Program with { Instructions = [.. request.Program.Instructions.Select(change)] } }, out error));

        public override string ToString() => Name;
    }
}
