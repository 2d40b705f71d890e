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
    private static readonly LoadRequest s_accepted = Slots.Request([Slots.Move(0, 1), Slots.Exit], 0);

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

    /// <summary>Not of changed programs: nobody has asked whether a verifier can bear them.</summary>
    /// <param name="profile">Which.</param>
    /// <param name="leastKnown">What part of the programs at least is accepted because its twins are.</param>
    [TestCase("valid", 0.5)]
    [TestCase("boundary", 0.001)]
    [TestCase("malformed", 0.0)]
    [TestCase("stress", 0.1)]
    public void Load_WhereNobodyStatesTheVerdict_IsThatOfTheProgramAsGiven(string profile, double leastKnown)
    {
        const int Programs = 200;
        int known = 0;
        foreach (TestCase test in CasesOf(Profiles.All.Single(each => each.Name == profile).Create(), seed: 91, Programs))
        {
            LoadRequest request = test.ToRequest();
            Assert.That(request.IsVerdictOpen);
            Verdict asGiven = VerdictOn(request with { IsVerdictOpen = false });
            Assert.That(VerdictOn(s_accepted), Is.EqualTo(Verdict.Accepted)); // who was refused last is asked as given
            int loads = Gate.Loads;
            Assert.That(VerdictOn(request).Kind, Is.EqualTo(asGiven.Kind), $"{test.Name}: {asGiven.Message}");
            if (Gate.Loads > loads && asGiven.Kind == VerdictKind.Accepted) known++;
        }

        TestContext.Out.WriteLine($"{known} of {Programs}");
        Assert.That(known, Is.GreaterThanOrEqualTo(leastKnown * Programs));
    }

    private IEnumerable<Verdict> VerdictsOn(IProgramGenerator generator, ulong seed, int count) =>
        CasesOf(generator, seed, count).Select(test => VerdictOn(test.ToRequest()));

    private Verdict VerdictOn(LoadRequest request)
    {
        LoadResult loaded = Kernel.Load(request);
        loaded.Program?.Dispose();
        return loaded.Verdict;
    }

    private IEnumerable<TestCase> CasesOf(IProgramGenerator generator, ulong seed, int count)
    {
        using var reference = new ReferenceTarget();
        GeneratorLimits limits = GeneratorLimits.Of([reference.Capabilities, Kernel.Capabilities]);
        for (ulong index = 0; index < (ulong)count; index++)
        {
            var entropy = Entropy.OfSeed(seed, index);
            yield return generator.Next(ref entropy, limits);
        }
    }
}
