using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Boundary;
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

    private static TestCase Next(BoundaryGenerator generator, ulong index)
    {
        var entropy = Entropy.OfSeed(1, index);
        return generator.Next(ref entropy, s_limits);
    }
}
