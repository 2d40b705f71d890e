using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Tests.Cli;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Campaigns;

internal sealed class InspectionTests
{
    private static readonly CaseRange s_range = new(0, "tiny", First: 6, Count: 250);

    [Test]
    public void Inspector_OfEveryTenthCase_IsAskedOfThoseAndItsFindingsAreCounted()
    {
        using FakeTarget target = Target("x");
        var inspector = new CountingInspector();

        RangeDone done = Run([target], new InspectorSet((10, inspector)), out List<CaseFound> found);

        Assert.That(inspector.Asked, Is.EqualTo(25));
        Assert.That(done.Counts.Findings.Values, Is.EqualTo(new[] { 25L }));
        Assert.That(found.Select(each => $"{each.Case.Signature} at {each.Case.Case}"), Is.EqualTo(new[] { "counting | x |  | R0 at tiny:7:10" }));
    }

    [Test]
    public void Inspector_WhoseMachineCannotBeAsked_FindsNothing()
    {
        using FakeTarget target = Target("x");

        RangeDone done = Run([target], new InspectorSet((1, new CountingInspector { Trouble = new TargetException("no memory") })), out _);

        Assert.That((done.Counts.Programs, done.Counts.Findings.Count), Is.EqualTo((250, 0)));
    }

    [TestCase(ProgramFlags.TestRndHi32, "variant rnd-hi32 | kernel |  | R0")]
    [TestCase(ProgramFlags.TestStateFreq, "variant state-freq | kernel |  | R0")]
    [TestCase(ProgramFlags.TestRegInvariants, "variant reg-invariants | kernel |  | R0")]
    public void Target_ThatIsWrongUnderAFlag_IsFound(ProgramFlags flag, string expected)
    {
        ulong r0 = 0;
        using FakeTarget reference = Target("reference");
        using FakeTarget kernel = Target("kernel", verifies: true, Load, (input, _, into) => into[input] = FakeTarget.Returned(r0));

        Run([reference, kernel], Inspectors([reference, kernel]), out List<CaseFound> found);

        Assert.That(found.Select(each => $"{each.Case.Signature}"), Is.EqualTo(new[] { expected }));

        Verdict Load(LoadRequest request)
        {
            r0 = request.Program.Flags == flag ? 1UL : 0UL;
            return Verdict.Accepted;
        }
    }

    [TestCase(ProgramFlags.TestStateFreq, 1)]
    [TestCase(ProgramFlags.TestRegInvariants, 0)]
    public void Target_ThatRefusesUnderAFlag_IsFoundUnlessThatMayBe(ProgramFlags flag, int expected)
    {
        using FakeTarget reference = Target("reference");
        using FakeTarget kernel = Target("kernel", verifies: true, request => request.Program.Flags == flag ? Verdict.Rejected(ReasonClass.Other, "no") : Verdict.Accepted);

        Run([reference, kernel], Inspectors([reference, kernel]), out List<CaseFound> found);

        Assert.That(found, Has.Count.EqualTo(expected));
    }

    [TestCase(true, 1)]
    [TestCase(false, 0)]
    public void Oracles_OfTargetsThatAcceptAFault_SayItOfVerifiers(bool verifies, int expected)
    {
        using FakeTarget other = Target("other", verifies);
        Entropy entropy = Entropy.OfSeed(FakeWorker.Seed);
        var experiment = new Experiment(
            new TinyGenerator().Next(ref entropy, new GeneratorLimits(other.Capabilities)),
            [FakeTarget.Accepted("reference", FakeTarget.Faulted(FaultKind.OutOfBoundsLoad, 1)), FakeTarget.Accepted("other", FakeTarget.Faulted(FaultKind.OutOfBoundsLoad, 1))]);

        Assert.That(OracleSet.ForGeneratedOn([other]).Judge(experiment).Count(finding => finding.Oracle == SoundnessOracle.OracleName), Is.EqualTo(expected));
    }

    [Test]
    public void Target_ThatIsWrongInTwoFacets_IsOneFindingOfACase()
    {
        using FakeTarget reference = Target("reference", run: (input, _, into) => into[input] = FakeTarget.Returned(0) with { Instructions = 2 });
        using FakeTarget other = Target("other", run: (input, _, into) => into[input] = FakeTarget.Returned(1) with { Instructions = 3 });

        RangeDone done = Run([reference, other], new InspectorSet(), out List<CaseFound> found);

        Assert.That(found.Select(each => $"{each.Case.Signature}"), Is.EqualTo(new[] { "state | other |  | R0" }));
        Assert.That(done.Counts.Findings.Values, Is.EqualTo(new[] { 250L }));
    }

    private static InspectorSet Inspectors(IExecutionTarget[] targets) => InspectorSet.For(targets, [Target("reference"), Target("kernel")], asking: null);

    private static FakeTarget Target(string name, bool verifies = false, Func<LoadRequest, Verdict>? load = null, FakeRun? run = null)
    {
        TargetCapabilities capabilities = new FakeTarget(name).Capabilities with { HasContexts = true, Verifies = verifies };
        return new FakeTarget(name)
        {
            Capabilities = capabilities,
            OnLoad = load ?? (_ => Verdict.Accepted),
            OnRun = run ?? ((input, _, into) => into[input] = FakeTarget.Returned(0)),
        };
    }

    private static RangeDone Run(IExecutionTarget[] targets, InspectorSet inspectors, out List<CaseFound> found)
    {
        using var folder = new TemporaryFolder();
        using var journal = new CaseJournal(Path.Combine(folder.FullName, "journal"));
        var said = new List<WorkerMessage>();
        new RangeRunner(targets, OracleSet.ForGeneratedOn([]), inspectors, new PlainFiler(), journal, said.Add)
        {
            Profiles = [TinyGenerator.Profile],
            Seed = FakeWorker.Seed,
            Limits = new GeneratorLimits(targets[0].Capabilities),
        }.Run(s_range);
        found = [.. said.OfType<CaseFound>()];
        return said.OfType<RangeDone>().Single();
    }

    private sealed class CountingInspector : ICaseInspector
    {
        public TargetException? Trouble { get; init; }

        public int Asked { get; private set; }

        public IEnumerable<Finding> Inspect(Experiment experiment, Entropy entropy)
        {
            if (Trouble is not null) throw Trouble;
            Asked++;
            return [new Finding("counting", experiment.Runs[0].Target, Facets.R0, 0, "1", "2")];
        }
    }

    [Test]
    public void Inspectors_SayWhoHasTheCase()
    {
        using FakeTarget reference = Target("reference");
        using FakeTarget plugin = Target("plugin");
        var asked = new List<string?>();
        IExecutionTarget[] targets = [reference, plugin];

        Run(targets, InspectorSet.For(targets, [Target("reference"), Target("plugin")], asked.Add), out _);

        Assert.That(asked[..3], Is.EqualTo(new[] { "reference", "plugin", null }));
        Assert.That(asked, Has.Count.EqualTo(3 * asked.Count(each => each is null)));
    }
}
