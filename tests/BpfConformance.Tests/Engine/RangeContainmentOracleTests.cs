using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class RangeContainmentOracleTests
{
    // pc 0 loads 5; pc 1 leads to pc 3.
    private static readonly TestCase s_case = VectorReader.Read(
        """
        -- asm
        r3 = *(u8 *)(r1 + 0)
        if r3 == 5 goto done
        r3 = 1
        done:
        r0 = r3
        exit
        -- memory
        05
        -- result
        5

        """,
        "x",
        "x");

    private static readonly BelievedScalar s_byte = BelievedScalar.Any with { UMax = 255 };

    private static readonly ReferenceTarget s_reference = new();

    private static Finding[] Judge(Action<IExplorationObserver> explore, bool isComplete = true, Verdict? verdict = null)
    {
        using var verifier = new FakeVerifier(explore, isComplete) { Verdict = verdict ?? Verdict.Accepted };
        return [.. new RangeContainmentOracle(s_reference, verifier).Judge(s_case)];
    }

    private static void Step(IExplorationObserver observer, int pc, BelievedScalar? r3 = null, BelievedScalar? r0 = null, int depth = 0)
    {
        var registers = new BelievedRegister[ExecutionTrace.RegisterCount];
        if (r3 is { } number) registers[3] = BelievedRegister.Of(number);
        if (r0 is { } result) registers[0] = BelievedRegister.Of(result);
        observer.Step(pc, depth, registers);
    }

    private static void FallThrough(IExplorationObserver observer)
    {
        Step(observer, 0);
        Step(observer, 1, s_byte);
        Step(observer, 2, s_byte);
        Step(observer, 3, BelievedScalar.Constant(1));
        Step(observer, 4, BelievedScalar.Constant(1), BelievedScalar.Constant(1));
    }

    private static void Jump(IExplorationObserver observer, ulong believed)
    {
        observer.Return(2, 3, splits: false);
        Step(observer, 3, BelievedScalar.Constant(5));
        Step(observer, 4, BelievedScalar.Constant(5), BelievedScalar.Constant(believed));
    }

    private static Finding Wrong(int pc, string expected, string got) => new("containment", "verifier", Facets.Registers, 0, expected, got, pc);

    [Test]
    public void Judge_StatesThatHold_FindsNothing()
    {
        Assert.That(Judge(observer =>
        {
            FallThrough(observer);
            Jump(observer, 5);
        }), Is.Empty);
    }

    [Test]
    public void Judge_StateOfThePathOfTheRun_IsCompared()
    {
        Assert.That(Judge(observer =>
        {
            FallThrough(observer);
            Jump(observer, 6);
        }), Is.EqualTo(new[] { Wrong(3, "before pc 4 r0 is 0x6", "r0 = 0x5") }));
    }

    private static readonly BelievedScalar[] s_excluding =
    [
        BelievedScalar.Any with { UMax = 4 },
        BelievedScalar.Any with { UMin = 6 },
        BelievedScalar.Any with { SMax = 4 },
        BelievedScalar.Any with { SMin = 6 },
        BelievedScalar.Any with { U32Max = 4 },
        BelievedScalar.Any with { U32Min = 6 },
        BelievedScalar.Any with { S32Max = -1 },
        BelievedScalar.Any with { S32Min = 6 },
        BelievedScalar.Any with { Mask = ~1ul },
        BelievedScalar.Any with { Mask = ~8ul, Value = 8 },
    ];

    [TestCaseSource(nameof(s_excluding))]
    public void Judge_EachBound_IsCompared(BelievedScalar belief)
    {
        Finding[] found = Judge(observer =>
        {
            Step(observer, 0);
            Step(observer, 1, belief);
        });

        Assert.That(found.Single(), Is.EqualTo(Wrong(0, $"before pc 1 r3 is {belief}", "r3 = 0x5")));
    }

    [Test]
    public void Judge_RejectedProgram_IsComparedUpToThere()
    {
        Finding[] found = Judge(
            observer =>
            {
                Step(observer, 0);
                Step(observer, 1, BelievedScalar.Constant(4));
            },
            verdict: Verdict.Rejected(default, "no"));

        Assert.That(found, Has.Length.EqualTo(1));
    }

    [Test]
    public void Judge_WayThatNoPathTakes_IsFoundAtItsCondition() =>
        Assert.That(Judge(FallThrough), Is.EqualTo(new[] { Wrong(1, "pc 1 never leads to pc 3", "it does") }));

    [Test]
    public void Judge_WayThatIsPruned_IsTaken()
    {
        Assert.That(Judge(observer =>
        {
            FallThrough(observer);
            observer.Return(2, 3, splits: false);
            observer.Prune(3);
        }), Is.Empty);
    }

    [Test]
    public void Judge_NotAllWasTold_NothingIsNeverFollowed()
    {
        Assert.That(Judge(FallThrough, isComplete: false), Is.Empty);
        Assert.That(Judge(FallThrough, verdict: Verdict.Rejected(default, "no")), Is.Empty);
        Assert.That(Judge(observer =>
        {
            FallThrough(observer);
            observer.Lose();
        }), Is.Empty);
    }

    [Test]
    public void Judge_StateAfterALostPath_IsNotCompared()
    {
        Assert.That(Judge(observer =>
        {
            Step(observer, 0);
            observer.Lose();
            Step(observer, 1, BelievedScalar.Constant(4));
        }), Is.Empty);
    }

    [TestCase("r3 &= 7", false, true)]
    [TestCase("w3 |= 5", false, true)]
    [TestCase("if r3 == 5 goto +0", false, true)]
    [TestCase("r3 += 0", false, false)]
    [TestCase("r3 &= 7", true, true)]
    [TestCase("r3 += 0", true, false)]
    public void Judge_WrongBehindWhatMaySplitAState_IsNoFindingIfTheOtherPartMayBeLost(string instruction, bool refuses, bool isLost)
    {
        TestCase test = VectorReader.Read($"-- asm\nr3 = *(u8 *)(r1 + 0)\n{instruction}\nr0 = r3\nexit\n-- memory\n05\n-- result\n5\n", "x", "x");
        using var verifier = new FakeVerifier(
            observer =>
            {
                Step(observer, 0);
                Step(observer, 1, s_byte);
                Step(observer, 2, BelievedScalar.Constant(4));
                if (!refuses) observer.Lose();
            })
        {
            Verdict = refuses ? Verdict.Rejected(ReasonClass.InfiniteLoop, "no") : Verdict.Accepted,
        };

        Assert.That(new RangeContainmentOracle(s_reference, verifier).Judge(test), Has.Length.EqualTo(isLost ? 0 : 1));
    }

    [Test]
    public void Judge_OtherDepth_IsAnotherFunction()
    {
        Assert.That(
            Judge(
                observer =>
                {
                    Step(observer, 0);
                    Step(observer, 1, BelievedScalar.Constant(4), depth: 1);
                },
                isComplete: false),
            Is.Empty);
    }

    [TestCase(4ul, 5ul, false)]
    [TestCase(5ul, 4ul, false)]
    [TestCase(4ul, 6ul, true)]
    public void Judge_SplitState_OnePartMustHaveIt(ulong one, ulong other, bool isFound)
    {
        Finding[] found = Judge(
            observer =>
            {
                Step(observer, 0);
                Step(observer, 1, BelievedScalar.Constant(one));
                observer.Return(1, 1, splits: true);
                Step(observer, 1, BelievedScalar.Constant(other));
            },
            isComplete: false);

        Assert.That(found, Has.Length.EqualTo(isFound ? 1 : 0));
    }

    [TestCase(4ul, 5ul, false)]
    [TestCase(5ul, 6ul, false)]
    [TestCase(4ul, 6ul, true)]
    public void Judge_InstructionThatSplits_OnePartMustHaveIt(ulong afterIt, ulong other, bool isFound)
    {
        Finding[] found = Judge(
            observer =>
            {
                Step(observer, 0);
                Step(observer, 1, s_byte);
                Step(observer, 3, BelievedScalar.Constant(afterIt));
                observer.Return(1, 1, splits: true);
                Step(observer, 1, BelievedScalar.Constant(other));
                Step(observer, 3, BelievedScalar.Constant(other));
            },
            isComplete: false);

        Assert.That(found, Has.Length.EqualTo(isFound ? 1 : 0));
    }

    [Test]
    public void Judge_SplitState_PartThatIsPrunedMayHaveIt() =>
        Assert.That(
            Judge(
                observer =>
                {
                    Step(observer, 0);
                    Step(observer, 1, BelievedScalar.Constant(4));
                    observer.Return(1, 1, splits: true);
                    observer.Prune(1);
                },
                isComplete: false),
            Is.Empty);

    [Test]
    public void Judge_SplitState_WhatIsWrongBehindAPartThatHasIt_IsFound()
    {
        Finding[] found = Judge(
            observer =>
            {
                Step(observer, 0);
                Step(observer, 1, BelievedScalar.Constant(5));
                Step(observer, 3, s_byte);
                Step(observer, 4, BelievedScalar.Constant(4));
                observer.Return(1, 1, splits: true);
                Step(observer, 1, BelievedScalar.Constant(5));
            },
            isComplete: false);

        Assert.That(found.Single().Expected, Is.EqualTo("before pc 4 r3 is 0x4"));
    }

    [Test]
    public void Judge_NumberWhereAPointerIsBelieved_MayNotBeNull()
    {
        TestCase zero = s_case with { Inputs = [s_case.Inputs[0] with { Data = new byte[] { 0 } }, s_case.Inputs[0]] };
        using var verifier = new FakeVerifier(
            observer =>
            {
                var registers = new BelievedRegister[ExecutionTrace.RegisterCount];
                observer.Step(0, 0, registers);
                registers[3] = BelievedRegister.Pointer;
                observer.Step(1, 0, registers);
            },
            isComplete: false);

        Assert.That(
            new RangeContainmentOracle(s_reference, verifier).Judge(zero),
            Is.EqualTo(new[] { Wrong(0, "before pc 1 r3 is a pointer, not null", "r3 = 0x0") }));
    }

    [Test]
    public void Judge_BugThatTheVerifierFound_IsAFinding()
    {
        using var verifier = new FakeVerifier(_ => { }, isComplete: false) { Bug = new VerifierBug(1, "broken") };

        Assert.That(
            new RangeContainmentOracle(s_reference, verifier).Judge(s_case),
            Is.EqualTo(new[] { new Finding("containment", "verifier", Facets.Status, null, "nothing wrong in the verifier itself", "broken", 1) }));
    }

    [TestCase(ReasonClass.TooComplex, 0)]
    [TestCase(ReasonClass.InvalidReturnValue, 1)]
    public void Case_ThatIsTooComplex_IsNotExplored(ReasonClass reason, int explorations)
    {
        using var verifier = new FakeVerifier(FallThrough);
        var oracle = new RangeContainmentOracle(s_reference, verifier);
        var experiment = new Experiment(s_case, [new TargetRun(verifier.Name, Verdict.Rejected(reason, "why"), null)]);

        _ = oracle.Inspect(experiment, default).ToArray();

        Assert.That(oracle.Counts.Explorations, Is.EqualTo(explorations));
    }

    [Test]
    public void Counts_OneRun_AreOfIt()
    {
        using var verifier = new FakeVerifier(observer =>
        {
            FallThrough(observer);
            Jump(observer, 5);
        });
        var oracle = new RangeContainmentOracle(s_reference, verifier);
        oracle.Judge(s_case);

        // r2 is a number at each step, r3 from the second on and r0 at the last.
        Assert.That(oracle.Counts, Is.EqualTo(new ContainmentCounts(
            Explorations: 1, Runs: 1, Steps: 4, ComparedSteps: 4, Numbers: 8, ComparedNumbers: 4, Pruned: 0, Ended: 1)));
    }
}
