using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class StateEmbeddingOracleTests
{
    private const string Branch = """
        r3 = *(u8 *)(r1 + 0)
        if r3 == 5 goto done
        r3 = 1
        done:
        r0 = r3
        exit
        """;

    private static readonly ReferenceTarget s_reference = new();

    private static TestCase Case(string code, string memory = "05") =>
        VectorReader.Read($"-- asm\n{code}\n-- memory\n{memory}\n-- result\n0\n", "x", "x");

    /// <summary>A verifier that accepts what it is given first, and of the rest what the test says.</summary>
    private static FakeTarget Verifier(Func<LoadRequest, bool> accepts)
    {
        bool isFirst = true;
        return new("verifier")
        {
            OnLoad = request =>
            {
                (bool wasFirst, isFirst) = (isFirst, false);
                return wasFirst || accepts(request) ? Verdict.Accepted : Verdict.Rejected(ReasonClass.OutOfBoundsAccess, "invalid write to stack");
            },
        };
    }

    private static Instruction[][] Probes(TestCase test, int probes = 100)
    {
        using FakeTarget verifier = Verifier(_ => false);
        Assert.That(new StateEmbeddingOracle(s_reference, verifier, probes).Judge(test), Is.Empty);
        return [.. verifier.Loads.Skip(1).Select(load => load.Program.Instructions.ToArray())];
    }

    private static Instruction[] Code(string code) => [.. Case(code).Program.Instructions];

    [Test]
    public void Judge_Run_AsksAboutEachPlaceThatItComesTo() =>
        Assert.That(Probes(Case(Branch)), Is.EqualTo(new[]
        {
            Code("""
                r3 = *(u8 *)(r1 + 0)
                if r3 != 5 goto before
                *(u8 *)(r10 + 0) = 0
                before:
                if r3 == 5 goto done
                r3 = 1
                done:
                r0 = r3
                exit
                """),
            Code("""
                r3 = *(u8 *)(r1 + 0)
                if r3 == 5 goto done
                r3 = 1
                done:
                if r3 != 5 goto before
                *(u8 *)(r10 + 0) = 0
                before:
                r0 = r3
                exit
                """),
            Code("""
                r3 = *(u8 *)(r1 + 0)
                if r3 == 5 goto done
                r3 = 1
                done:
                r0 = r3
                if r0 != 5 goto before
                *(u8 *)(r10 + 0) = 0
                before:
                exit
                """),
        }));

    [Test]
    public void Judge_NumberThatIsNoImmediate_StandsInARegisterThatNothingWasWrittenTo() =>
        Assert.That(Probes(Case("r3 = *(u64 *)(r1 + 0)\nr0 = 0\nexit", "8877665544332211"))[0], Is.EqualTo(Code("""
            r3 = *(u64 *)(r1 + 0)
            r0 = 0x1122334455667788 ll
            if r3 != r0 goto before
            *(u8 *)(r10 + 0) = 0
            before:
            r0 = 0
            exit
            """)));

    [Test]
    public void Judge_NoRegisterIsFree_AsksAboutTheLowHalf()
    {
        string full = string.Join('\n', Enumerable.Range(3, 7).Select(register => $"r{register} = 0"));
        Assert.That(Probes(Case($"{full}\nr0 = *(u64 *)(r1 + 0)\nexit", "8877665544332211"))[^1], Is.EqualTo(Code($"""
            {full}
            r0 = *(u64 *)(r1 + 0)
            if w0 != 0x55667788 goto before
            *(u8 *)(r10 + 0) = 0
            before:
            exit
            """)));
    }

    [Test]
    public void Judge_Loop_AsksAboutTheFirstTime() =>
        Assert.That(Probes(Case("r0 = 3\nagain:\nr0 += -1\nif r0 != 0 goto again\nexit")).Select(probe => probe.Length), Is.EqualTo(new[] { 6, 6, 6 }));

    [Test]
    public void Judge_Address_IsNotAskedAbout() => Assert.That(Probes(Case("r2 = r1\nr0 = 0\nexit")), Has.Length.EqualTo(1));

    [Test]
    public void Judge_FewProbes_AreSpreadOverTheRun() =>
        Assert.That(Probes(Case(Branch), probes: 2), Is.EqualTo(new[] { Probes(Case(Branch))[0], Probes(Case(Branch))[1] }));

    [Test]
    public void Judge_ProbeThatIsAccepted_IsFound()
    {
        using FakeTarget verifier = Verifier(request => request.Program.Instructions[4] is { Opcode: 0x55, Dst: 0 });

        Assert.That(
            new StateEmbeddingOracle(s_reference, verifier).Judge(Case(Branch)),
            Is.EqualTo(new[] { new Finding("embedding", "verifier", Facets.Status, 0, "refused: a run has before pc 4 r0 = 0x5", "accepted", 3) }));
    }

    [Test]
    public void Judge_AcceptedProbes_AreNeverRunAndAreUnloaded()
    {
        using var verifier = new FakeTarget("verifier") { OnRun = (_, _, _) => throw new InvalidOperationException("was run") };

        Assert.That(new StateEmbeddingOracle(s_reference, verifier).Judge(Case(Branch)), Has.Length.EqualTo(3));
        Assert.That(verifier.Unloads, Is.EqualTo(verifier.Loads.Count));
        Assert.That(verifier.Loads, Has.All.Property(nameof(LoadRequest.FirstInput)).Null);
    }

    [Test]
    public void Judge_ProgramThatIsRefused_IsNotProbed()
    {
        using var verifier = new FakeTarget("verifier") { OnLoad = _ => Verdict.Rejected(ReasonClass.Other, "no") };

        Assert.That(new StateEmbeddingOracle(s_reference, verifier).Judge(Case(Branch)), Is.Empty);
        Assert.That(verifier.Loads, Has.Count.EqualTo(1));
    }

    [Test]
    public void Inspect_VerdictThatIsKnown_IsNotAskedForAgain()
    {
        using var verifier = new FakeTarget("verifier") { OnLoad = _ => Verdict.Rejected(ReasonClass.Other, "no") };
        var oracle = new StateEmbeddingOracle(s_reference, verifier);

        Assert.That(oracle.Inspect(new Experiment(Case(Branch), [new TargetRun("verifier", Verdict.Rejected(ReasonClass.Other, "no"), null)]), default), Is.Empty);
        Assert.That(verifier.Loads, Is.Empty);
        Assert.That(oracle.Inspect(new Experiment(Case(Branch), [FakeTarget.Accepted("verifier")]), default), Is.Empty);
        Assert.That(verifier.Loads, Has.Count.EqualTo(3));
    }
}
