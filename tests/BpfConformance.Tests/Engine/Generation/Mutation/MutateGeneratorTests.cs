using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Mutation;
using BpfConformance.Engine.Generation.Valid;
using BpfConformance.Engine.Ir;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Generation.Mutation;

[TestFixture]
public sealed class MutateGeneratorTests
{
    private const ulong Seed = 8;

    private static readonly GeneratorLimits s_limits = new(new FakeTarget("x").Capabilities);

    private static TestCase Case(MutateGenerator generator, ulong index)
    {
        Entropy entropy = Entropy.OfSeed(Seed, index);
        return generator.Next(ref entropy, s_limits);
    }

    private static IrProgram Program(string assembly) => IrProgram.TryDecode(VectorReader.Read($"-- asm\n{assembly}-- result\n5\n", "x", "x").Program)!;

    private static IMutator[] Mutators { get; } =
    [
        new OperandMutator(), new OpcodeMutator(s_limits.Rows), new NumberMutator(), new CutMutator(), new InsertMutator(s_limits.Rows), new DuplicateMutator(), new SwapMutator(),
        new SpliceMutator(Program("r3 = 5\nr3 += r4\nexit\n")), new LoopMutator(),
    ];

    [Test]
    public void Next_SameSeedAndIndex_IsTheSameProgram()
    {
        TestCase one = Case(new MutateGenerator(new ValidGenerator()), 3);
        TestCase other = Case(new MutateGenerator(new ValidGenerator()), 3);
        Assert.That(one.Program, Is.EqualTo(other.Program));
    }

    [Test]
    public void Next_ManyCases_AreWellFormedAndMostlyNotWhatTheyWere()
    {
        var generator = new MutateGenerator(new ValidGenerator());
        var inner = new ValidGenerator();
        int changed = 0;
        for (ulong index = 0; index < 500; index++)
        {
            TestCase test = Case(generator, index);
            Entropy entropy = Entropy.OfSeed(Seed, index);
            _ = entropy.Next();
            if (!inner.Next(ref entropy, s_limits).Program.Equals(test.Program)) changed++;
            Assert.That(ProgramValidator.Validate(test.Program), Is.Null, $"seed {Seed}, index {index}");
        }

        Assert.That(changed, Is.InRange(400, 500), $"seed {Seed}");
    }

    /// <summary>Which of the two gives its code up is chance; either way both end as they did.</summary>
    [Test]
    public void TailMutator_OfTwoFunctionsThatEndAlike_HasOneJumpIntoTheOther()
    {
        IrProgram program = Program("call f\nr0 += 1\nr0 += 2\nexit\nf:\nr0 = 5\nr0 += 2\nexit\n");
        IrProgram[] mutants = [.. Enumerable.Range(0, 50).Select(index => Tail(program, (ulong)index)).Distinct()];

        Assert.That(mutants, Is.EquivalentTo(new[]
        {
            Program("call f\nr0 += 1\ngoto t\nf:\nr0 = 5\nt:\nr0 += 2\nexit\n"),
            Program("call f\nr0 += 1\nr0 += 2\ngoto t\nf:\nr0 = 5\nr0 += 2\nt:\nexit\n"),
            Program("call f\nr0 += 1\nt:\nr0 += 2\nexit\nf:\nr0 = 5\ngoto t\n"),
            Program("call f\nr0 += 1\nr0 += 2\nt:\nexit\nf:\nr0 = 5\nr0 += 2\ngoto t\n"),
        }));
    }

    /// <summary>What is jumped into stays where it is, and one end alone shares nothing.</summary>
    [Test]
    public void TailMutator_OfATailThatIsJumpedInto_TakesWhatIsBehind()
    {
        IrProgram program = Program("if r1 > 3 goto a\nr0 = 7\nexit\nb:\nr0 = 7\na:\nexit\n");
        IrProgram[] mutants = [.. Enumerable.Range(0, 50).Select(index => Tail(program, (ulong)index)).Distinct()];

        Assert.That(mutants, Is.EquivalentTo(new[]
        {
            Program("if r1 > 3 goto a\nr0 = 7\ngoto a\nb:\nr0 = 7\na:\nexit\n"),
            Program("if r1 > 3 goto a\ngoto b\nb:\nr0 = 7\na:\nexit\n"),
            Program("if r1 > 3 goto a\nr0 = 7\nc:\nexit\nr0 = 7\na:\ngoto c\n"),
        }));
        Entropy entropy = Entropy.OfSeed(Seed);
        Assert.That(new TailMutator().Mutate(Program("r0 = 7\nexit\n"), ref entropy), Is.Null);
    }

    /// <summary>No program may lead into another, though it ends alike, and stands before it.</summary>
    [Test]
    public void TailMutator_OfSeveralPrograms_StaysInEach()
    {
        IrProgram first = Program("r0 = 7\nexit\n");
        IrProgram second = Program("if r1 > 3 goto a\nr0 = 7\nexit\na:\nr0 = 7\nexit\n");
        IrProgram third = Program("exit\nf:\nr0 = 7\nexit\n");
        IrProgram row = IrProgram.TryDecode(BpfProgram.InARow([.. new[] { first, second, third, first }.Select((program, index) => ($"p{index}", program.TryEncode()!))]))!;
        int changed = 0;
        for (ulong index = 0; index < 100; index++)
        {
            Entropy entropy = Entropy.OfSeed(Seed, index);
            if (new TailMutator().Mutate(row, ref entropy) is not { } mutant) continue;
            changed++;
            Assert.That(ProgramValidator.Validate(mutant.TryEncode()!)?.Reason, Is.Null.Or.EqualTo(ReasonClass.UnreachableCode), $"seed {Seed}, index {index}");
        }

        Assert.That(changed, Is.InRange(30, 90), $"seed {Seed}: the first and the last have one end alone");
    }

    private static IrProgram Tail(IrProgram program, ulong index)
    {
        Entropy entropy = Entropy.OfSeed(Seed, index);
        return new TailMutator().Mutate(program, ref entropy)!; // it has two ends
    }

    [TestCaseSource(nameof(Mutators))]
    public void Mutate_AProgram_ChangesItOrSaysThatItCannot(IMutator mutator)
    {
        IrProgram program = Program("r0 = 5\nr1 = 7\nif r1 > 3 goto +2\nr0 += r1\nr0 <<= 2\nexit\n");
        int changed = 0;
        for (ulong index = 0; index < 100; index++)
        {
            Entropy entropy = Entropy.OfSeed(Seed, index);
            if (mutator.Mutate(program, ref entropy) is not { } mutant) continue;
            if (!mutant.Equals(program)) changed++;
        }

        Assert.That(changed, Is.GreaterThan(20), $"{mutator.Name}, seed {Seed}");
    }

    [Test]
    public void LoopMutator_OfAFirstInstruction_CountsInAFreeRegister()
    {
        Entropy entropy = Entropy.OfBytes(default); // the first of everything
        IrProgram? looped = new LoopMutator().Mutate(Program("r0 = 5\nr0 += r1\nexit\n"), ref entropy);

        Assert.That(looped, Is.EqualTo(Program("r2 = 1\nl:\nr0 = 5\nr2 += -1\nif r2 != 0 goto l\nr0 += r1\nexit\n")));
    }

    [Test]
    public void OpcodeMutator_OfForbiddenForms_ChangesNothing()
    {
        IrProgram program = Program("r0 += 5\nr0 -= 6\nexit\n");
        for (ulong index = 0; index < 50; index++)
        {
            Entropy entropy = Entropy.OfSeed(Seed, index);
            Assert.That(new OpcodeMutator([.. InstructionTable.Rows.Select(_ => false)]).Mutate(program, ref entropy), Is.Null);
        }
    }
}
