using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Boundary;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Generation.Boundary;

[TestFixture]
public sealed class BoundaryGeneratorTests
{
    private static readonly GeneratorLimits s_limits = GeneratorLimits.Of([new ReferenceTarget().Capabilities]);

    [Test]
    public void Next_OfTheSameSeed_IsTheSameCase()
    {
        var used = new BoundaryGenerator();
        for (ulong index = 0; index < 100; index++) Assert.That(Next(used, index).Program, Is.EqualTo(Next(new BoundaryGenerator(), index).Program), $"seed 1, index {index}");
    }

    [Test]
    public void Next_OfAnyBytes_IsACase()
    {
        var generator = new BoundaryGenerator();
        var random = new Random(23);
        for (int length = 0; length < 400; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var entropy = Entropy.OfBytes(bytes);
            Assert.That(generator.Next(ref entropy, s_limits).Program.Instructions, Is.Not.Empty, $"seed 23, {length} bytes");
        }
    }

    /// <summary>A step that did not come about had written over the last number.</summary>
    [Test]
    public void Next_WhereNoNumberIsLeft_IsACase()
    {
        IExecutionTarget[] targets = [TargetRegistry.Find("reference")!.Create(), TargetRegistry.Find("x64")!.Create()];
        Entropy entropy = new CaseId("boundary", 13052057113484929738UL, 30690).Entropy;

        Assert.That(new BoundaryGenerator().Next(ref entropy, GeneratorLimits.Of([.. targets.Select(target => target.Capabilities)])).Program.Instructions, Is.Not.Empty);
        foreach (IExecutionTarget target in targets) target.Dispose();
    }

    /// <summary>What fields alone can say; the rest takes a verifier.</summary>
    [Test]
    public void Next_OfManySeeds_BreaksFieldsInManyWays()
    {
        var generator = new BoundaryGenerator();
        HashSet<ReasonClass> reasons = [];
        for (ulong index = 0; index < 2000; index++)
        {
            if (ProgramValidator.Validate(Next(generator, index).Program) is { } error) reasons.Add(error.Reason);
        }

        Assert.That(reasons, Is.SupersetOf(new[]
        {
            ReasonClass.UnknownOpcode, ReasonClass.ReservedField, ReasonClass.InvalidRegister, ReasonClass.ReadOnlyRegister, ReasonClass.IncompleteWideInstruction,
            ReasonClass.JumpOutOfRange, ReasonClass.JumpIntoWideInstruction, ReasonClass.InvalidCallTarget, ReasonClass.FallsOffEnd, ReasonClass.UnreachableCode,
        }));
    }

    /// <summary>What runs alone can say; among it helpers that write where programs may only read, and accesses that displacements take around the ends of addresses.</summary>
    [Test]
    public void Next_OfManySeeds_FaultsInManyWays()
    {
        using var reference = new ReferenceTarget();
        var runner = new ExperimentRunner([reference]);
        var generator = new BoundaryGenerator();
        List<(FaultKind Kind, Instruction At)> faults = [];
        for (ulong index = 0; index < 3000; index++)
        {
            TestCase test = Next(generator, index) with { InstructionBudget = 1 << 12 };
            if (runner.Run(test).Runs[0].Observations is { } seen && seen[0].Status == ExecutionStatus.Faulted) faults.Add((seen[0].Fault, test.Program.Instructions.ElementAtOrDefault(seen[0].FaultPc)));
        }

        Assert.That(faults.Select(fault => fault.Kind), Is.SupersetOf(new[]
        {
            FaultKind.OutOfBoundsLoad, FaultKind.OutOfBoundsStore, FaultKind.MisalignedAtomic, FaultKind.TooManyFrames, FaultKind.UninitializedRegister,
            FaultKind.UninitializedStack, FaultKind.InvalidPointer,
        }));
        Assert.That(faults.Count(fault => fault is { Kind: FaultKind.OutOfBoundsStore, At.Opcode: Opcodes.Call }), Is.GreaterThan(10), "seed 1");
        Assert.That(faults.Count(fault => fault is { Kind: FaultKind.OutOfBoundsLoad, At.Offset: short.MinValue or short.MaxValue }), Is.GreaterThan(5), "seed 1");
    }

    private static TestCase Next(BoundaryGenerator generator, ulong index)
    {
        var entropy = Entropy.OfSeed(1, index);
        return generator.Next(ref entropy, s_limits);
    }
}
