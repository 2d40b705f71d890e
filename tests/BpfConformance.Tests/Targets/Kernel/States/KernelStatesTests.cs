using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Valid;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.States;

/// <summary>What this kernel believes of programs, held against what they do.</summary>
[TestFixture]
internal sealed class KernelStatesTests : KernelFixture
{
    private static readonly ReferenceTarget s_reference = new();

    private static TestCase Case(string code, string memory) => VectorReader.Read($"-- asm\n{code}\n-- memory\n{memory}\n-- result\n0\n", "x", "x");

    private ContainmentCounts Compare(string code, string memory)
    {
        var oracle = new RangeContainmentOracle(s_reference, Kernel);
        Assert.That(oracle.Judge(Case(code, memory)), Is.Empty);
        return oracle.Counts;
    }

    [Test]
    public void Containment_Branches_AreFollowedToTheEnd()
    {
        ContainmentCounts counts = Compare(
            """
            r3 = *(u8 *)(r1 + 0)
            r0 = 1
            if r3 > 9 goto large
            r0 = 2
            large:
            r3 &= 7
            r0 += r3
            exit
            """,
            "0f");

        Assert.That(counts, Is.EqualTo(new ContainmentCounts(
            Explorations: 1, Runs: 1, Steps: 6, ComparedSteps: 6, Numbers: 15, ComparedNumbers: 15, Pruned: 0, Ended: 1)));
    }

    /// <summary>The path on which all are taken is the first, and is followed to its end; others come to what is known.</summary>
    [TestCase("01010102", 27, 27, 1, 0)]
    [TestCase("01010002", 26, 16, 0, 1)]
    [TestCase("00010101", 26, 7, 0, 1)]
    public void Containment_LoopWithBranches_IsFollowedThroughEachTime(string memory, long steps, long compared, long ended, long pruned)
    {
        ContainmentCounts counts = Compare(
            """
            r0 = 0
            r4 = 0
            again:
            r3 = *(u8 *)(r1 + 0)
            if r3 == 0 goto next
            r0 += r3
            next:
            r1 += 1
            r4 += 1
            if r4 != 4 goto again
            exit
            """,
            memory);

        Assert.That((counts.Steps, counts.ComparedSteps, counts.Ended, counts.Pruned), Is.EqualTo((steps, compared, ended, pruned)));
    }

    [Test]
    public void Containment_FunctionCalledTwice_IsFollowedInBoth()
    {
        ContainmentCounts counts = Compare(
            """
            r6 = *(u8 *)(r1 + 0)
            r1 = r6
            call half
            r1 = r0
            call half
            exit
            half:
            r0 = r1
            if r0 < 10 goto small
            r0 >>= 1
            small:
            exit
            """,
            "ff");

        Assert.That((counts.Steps, counts.ComparedSteps), Is.EqualTo((14, 14)));
    }

    [Test]
    public void Containment_SplitState_IsInOneOfTheParts()
    {
        const string Code = """
            r3 = *(u32 *)(r1 + 0)
            r3 <<= 32
            r3 s>>= 63
            r3 &= 9
            r0 = r3
            exit
            """;

        Assert.That(Compare(Code, "00000080").Ended, Is.EqualTo(1));
        Assert.That(Compare(Code, "00000000").Ended, Is.EqualTo(1));
    }

    [Test]
    public void Containment_GeneratedPrograms_HoldWhatIsBelieved()
    {
        const ulong Seed = 20261129;
        var limits = GeneratorLimits.Of([s_reference.Capabilities, Kernel.Capabilities]);
        var oracle = new RangeContainmentOracle(s_reference, Kernel);
        var generator = new ValidGenerator();
        for (ulong index = 0; index < 300; index++)
        {
            Entropy entropy = Entropy.OfSeed(Seed, index);
            TestCase test = generator.Next(ref entropy, limits);
            Assert.That(oracle.Judge(test), Is.Empty, $"seed {Seed}, index {index}");
        }

        Assert.That(oracle.Counts.ComparedSteps, Is.GreaterThan(oracle.Counts.Steps / 3), oracle.Counts.ToString());
    }

    [Test]
    public void Embedding_StatesOfARun_AreRefused()
    {
        var oracle = new StateEmbeddingOracle(s_reference, Kernel, probes: 100);

        Assert.That(oracle.Judge(Case("r3 = *(u32 *)(r1 + 0)\nr4 = r3\nr4 <<= 7\nr4 += r3\nr0 = r4\nexit", "12345678")), Is.Empty);
        Assert.That(oracle.Loads, Is.EqualTo(5));
    }

    [Test]
    public void Explore_RefusedProgram_TellsOfItUpToThere()
    {
        var told = new Places();
        Exploration exploration = Kernel.Explore(Case("r3 = *(u8 *)(r1 + 0)\nr0 = r5\nexit", "05").ToRequest(), 0, told);

        Assert.That(exploration.Verdict.Kind, Is.EqualTo(VerdictKind.Rejected));
        Assert.That(told.Pcs, Is.EqualTo(new[] { 0, 1 }));
    }

    private sealed class Places : IExplorationObserver
    {
        public List<int> Pcs { get; } = [];

        public bool WantsStates => false;

        public void Step(int pc, int depth, ReadOnlySpan<BelievedRegister> before) => Pcs.Add(pc);

        public void Return(int length, int next, bool splits) => Pcs.Clear();

        public void Prune(int pc)
        {
        }

        public void Lose()
        {
        }
    }
}
