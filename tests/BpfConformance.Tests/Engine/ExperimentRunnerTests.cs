using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class ExperimentRunnerTests
{
    private static readonly TestCase s_case = VectorReader.Read(
        "-- asm\nr0 = *(u8 *)(r1 + 0)\nexit\n-- cases\n0100 -> 1\n0200 -> 2\n", "x.vector", "x.vector");

    private static TargetRun Run(FakeTarget target, TestCase test) => new ExperimentRunner([target]).Run(test).Runs[0];

    [Test]
    public void Run_EveryTarget_GetsTheProgramAndAllInputs()
    {
        var first = new FakeTarget("first") { OnRun = (i, data, into) => into[i] = FakeTarget.Returned(data[0]) };
        FakeTarget second = FakeTarget.Returning("second", 7);

        Experiment experiment = new ExperimentRunner([first, second]).Run(s_case);

        Assert.Multiple(() =>
        {
            Assert.That(experiment.Runs.Select(run => run.Target), Is.EqualTo(new[] { "first", "second" }));
            Assert.That(first.Loads.Single().Program, Is.EqualTo(s_case.Program));
            Assert.That(first.Loads.Single().DataBytes, Is.EqualTo(2));
            Assert.That(experiment.Runs[0].Observations!.Materialize(1).R0, Is.EqualTo(2ul));
            Assert.That(experiment.Runs[1].Observations!.Materialize(1).R0, Is.EqualTo(7ul));
            Assert.That((first.Unloads, second.Unloads), Is.EqualTo((1, 1)));
        });
    }

    [Test]
    public void Run_NextCase_UsesTheSameBatch()
    {
        var runner = new ExperimentRunner([FakeTarget.Returning("x", 7)]);

        ObservationBatch? first = runner.Run(s_case).Runs[0].Observations;
        ObservationBatch? second = runner.Run(s_case).Runs[0].Observations;

        Assert.That(second, Is.SameAs(first));
    }

    [Test]
    public void Run_Rejected_HasNoObservations()
    {
        TargetRun run = Run(new FakeTarget("x") { OnLoad = _ => Verdict.Rejected(ReasonClass.TooLarge, "no") }, s_case);

        Assert.That((run.Verdict.Reason, run.Observations), Is.EqualTo((ReasonClass.TooLarge, (ObservationBatch?)null)));
    }

    [Test]
    public void Run_MustBeRejectedAndIsAccepted_IsNotRun()
    {
        TestCase test = VectorReader.Read("-- asm\nr0 = 1\nexit\n-- memory\n00\n-- rejected\n", "x", "x");
        var target = new FakeTarget("x") { OnRun = (_, _, _) => throw new InvalidOperationException("ran") };

        TargetRun run = Run(target, test);

        Assert.That((run.Verdict.Kind, run.Observations!.Count, target.Unloads), Is.EqualTo((VerdictKind.Accepted, 0, 1)));
    }

    [Test]
    public void Run_TroubleIsInconclusive_BugIsCrash_AndTheOthersGoOn()
    {
        var troubled = new FakeTarget("troubled") { OnLoad = _ => throw new TargetException("no descriptors left") };
        var buggy = new FakeTarget("buggy") { OnRun = (_, _, _) => throw new InvalidOperationException("oops") };
        FakeTarget sound = FakeTarget.Returning("sound", 1);

        Experiment experiment = new ExperimentRunner([troubled, buggy, sound]).Run(s_case);

        Assert.Multiple(() =>
        {
            Assert.That(experiment.Runs[0].Verdict, Is.EqualTo(Verdict.Inconclusive("no descriptors left")));
            Assert.That(experiment.Runs[1].Verdict, Is.EqualTo(Verdict.Crashed("InvalidOperationException in the target: oops")));
            Assert.That(buggy.Unloads, Is.EqualTo(1));
            Assert.That(experiment.Runs[2].Verdict.Kind, Is.EqualTo(VerdictKind.Accepted));
        });
    }

    private static IEnumerable<TestCaseData> Lacks()
    {
        TargetCapabilities all = new FakeTarget("x").Capabilities;
        yield return new TestCaseData(all with { Groups = [] }, "lacks base32");
        yield return new TestCaseData(all with { Types = [ProgramType.Xdp] }, "does not load programs of type unspecified");
        yield return new TestCaseData(all with { MaxDataBytes = 1 }, "takes at most 1 bytes of memory, the case has 2");
    }

    [TestCaseSource(nameof(Lacks))]
    public void Run_TargetThatLacksSomething_IsNotAsked(TargetCapabilities capabilities, string reason)
    {
        var target = new FakeTarget("x") { Capabilities = capabilities };

        TargetRun run = Run(target, s_case);

        Assert.Multiple(() =>
        {
            Assert.That((run.Verdict.Kind, run.Verdict.Message), Is.EqualTo((VerdictKind.Unsupported, reason)));
            Assert.That(target.Loads, Is.Empty);
        });
    }

    [Test]
    public void Run_CpuTooOld_IsNotAsked()
    {
        var target = new FakeTarget("x") { Capabilities = new FakeTarget("x").Capabilities with { Cpu = CpuVersion.V2 } };

        TargetRun run = Run(target, s_case with { Cpu = CpuVersion.V3 });

        Assert.That(run.Verdict.Message, Is.EqualTo("has CPU version v2, the program needs v3"));
    }
}
