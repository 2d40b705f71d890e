using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Boundary;
using BpfConformance.Engine.Generation.Valid;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Generated;

/// <summary>What the kernel says of generated programs. They are only loaded.</summary>
[TestFixture]
internal sealed class GeneratedProgramTests : KernelFixture
{
    [Test]
    public void Load_OfValidPrograms_IsAccepted()
    {
        Verdict[] verdicts = [.. VerdictsOn(new ValidGenerator(), seed: 31, count: 200)];
        Assert.That(verdicts.Count(verdict => verdict.Kind == VerdictKind.Accepted), Is.GreaterThanOrEqualTo(190), string.Join('\n', verdicts.Where(verdict => verdict.Message.Length > 0)));
    }

    [Test]
    public void Load_OfBoundaryPrograms_IsRefusedForManyReasons()
    {
        Verdict[] verdicts = [.. VerdictsOn(new BoundaryGenerator(), seed: 1, count: 300)];
        Assert.That(verdicts.Count(verdict => verdict.Kind == VerdictKind.Rejected), Is.GreaterThan(240));
        Assert.That(verdicts.Select(verdict => string.Concat(verdict.Message.Where(c => !char.IsAsciiDigit(c)))).Distinct().Count(), Is.GreaterThan(60));
    }

    private IEnumerable<Verdict> VerdictsOn(IProgramGenerator generator, ulong seed, int count)
    {
        using var reference = new ReferenceTarget();
        GeneratorLimits limits = GeneratorLimits.Of([reference.Capabilities, Kernel.Capabilities]);
        for (ulong index = 0; index < (ulong)count; index++)
        {
            var entropy = Entropy.OfSeed(seed, index);
            TestCase test = generator.Next(ref entropy, limits);
            LoadResult loaded = Kernel.Load(test.ToRequest());
            loaded.Program?.Dispose();
            yield return loaded.Verdict;
        }
    }
}
