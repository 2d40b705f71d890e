using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>What the suite awards, and to whom: the smallest machines earn their group, and who only pretends earns nothing.</summary>
internal sealed class ClaimTests
{
    private static ImmutableSortedSet<ConformanceGroup> All => [.. Enum.GetValues<ConformanceGroup>()];

    /// <summary>No case runs what is done to arenas, so that nobody can earn it.</summary>
    private static ImmutableSortedSet<ConformanceGroup> Groups => All.Remove(ConformanceGroup.AddressSpace);

    private static IEnumerable<TestCaseData> Pretenders =>
        ConstantAnswerer.All.Select(create => new TestCaseData(create).SetArgDisplayNames(Named(create)));

    [TestCaseSource(nameof(Groups))]
    public void Group_OnAMachineWithItsScaffoldingAlone_IsAwardedInAllVersions(ConformanceGroup group)
    {
        ImmutableSortedSet<ConformanceGroup> groups = WithScaffolding(group);
        using var machine = new RestrictedTarget(new ReferenceTarget(), groups);

        ImmutableArray<Claim> claims = ClaimBuilder.Build(machine.Capabilities, ResultsOf(machine));

        Assert.Multiple(() =>
        {
            Assert.That(claims.Count(claim => claim.Group == group), Is.GreaterThanOrEqualTo(1));
            foreach (Claim claim in claims)
            {
                ClaimStatus expected = groups.Contains(claim.Group) ? ClaimStatus.Conforms : ClaimStatus.Unsupported;
                Assert.That(claim.Status, Is.EqualTo(expected), $"{claim}");
                if (claim.Group == group) Assert.That(claim.BeyondScaffolding, Is.Zero, $"{claim}");
            }
        });
    }

    [Test]
    public void Base32_OnAMachineWithItAloneAndWithoutHelpers_IsAwardedInAllVersions()
    {
        using var machine = new RestrictedTarget(new ReferenceTarget(), WithScaffolding(ConformanceGroup.Base32), hasHelpers: false);

        ImmutableArray<Claim> claims = ClaimBuilder.Build(machine.Capabilities, ResultsOf(machine));

        Assert.Multiple(() =>
        {
            foreach (Claim claim in claims.Where(claim => claim.Group == ConformanceGroup.Base32))
            {
                Assert.That(claim.Status, Is.EqualTo(ClaimStatus.Conforms), $"{claim}");
                Assert.That(claim.Counts.LegalDivergences, Is.GreaterThanOrEqualTo(1), $"{claim}");
            }
        });
    }

    /// <summary>RFC 9669 asks nobody to know what was written: such a machine returns where others fault.</summary>
    [Test]
    public void AllGroups_OnAMachineThatTracksNoValues_AreAwarded()
    {
        using var machine = new ReferenceTarget(HandlerTable.Checked);

        ImmutableArray<Claim> claims = ClaimBuilder.Build(machine.Capabilities, ResultsOf(machine));

        Assert.That(claims.Where(claim => Groups.Contains(claim.Group)).Select(claim => claim.Status), Is.Not.Empty.And.All.EqualTo(ClaimStatus.Conforms));
        Assert.That(claims.Sum(claim => claim.Counts.LegalDivergences), Is.GreaterThan(1));
    }

    [Test]
    public void Kernel_InEveryGroupThatItSaysItHas_Conforms()
    {
        TargetEntry entry = TargetRegistry.All.Single(each => each.Name == "kernel");
        if (entry.WhyUnavailable() is { } reason) Assert.Ignore($"kernel: {reason}");
        using IExecutionTarget kernel = entry.Create();

        ImmutableArray<Claim> claims = ClaimBuilder.Build(kernel.Capabilities, [.. ResultsOf(kernel).Select(Suite.Deviations.Apply)]);

        Assert.Multiple(() =>
        {
            foreach (Claim claim in claims)
            {
                bool isSaid = kernel.Capabilities.Groups.Contains(claim.Group) && claim.Cpu <= kernel.Capabilities.Cpu;
                Assert.That(claim.Status, Is.EqualTo(isSaid ? ClaimStatus.Conforms : ClaimStatus.Unsupported), $"{claim}");
            }
        });
    }

    /// <summary>Nor does it help to claim less: then fewer cases could unmask it.</summary>
    [TestCaseSource(nameof(Pretenders))]
    public void Pretender_WithAnyGroups_IsAwardedNothing(Func<IExecutionTarget> create)
    {
        using IExecutionTarget pretender = create();
        CaseResult[] results = ResultsOf(pretender);

        Assert.Multiple(() =>
        {
            foreach (ImmutableSortedSet<ConformanceGroup> groups in All.Select(WithScaffolding).Prepend(All))
            {
                TargetCapabilities capabilities = pretender.Capabilities with { Groups = groups };
                ImmutableArray<Claim> claims = ClaimBuilder.Build(capabilities, [.. results.Select(result => AsAsked(result, capabilities))]);
                Assert.That(
                    claims.Where(claim => groups.Contains(claim.Group)).Select(claim => claim.Status),
                    Is.Not.Empty.And.All.EqualTo(ClaimStatus.Fails), string.Join(' ', groups));
            }
        });
    }

    private static CaseResult AsAsked(CaseResult result, TargetCapabilities capabilities) =>
        capabilities.Lacks(result.Case) is { } lack
            ? result with { Status = CaseStatus.Unsupported, Reason = lack, Findings = [] }
            : result;

    private static ImmutableSortedSet<ConformanceGroup> WithScaffolding(ConformanceGroup group) => Scaffolding.Of(group).Add(group);

    private static string Named(Func<IExecutionTarget> create)
    {
        using IExecutionTarget target = create();
        return target.Name;
    }

    private static CaseResult[] ResultsOf(IExecutionTarget target)
    {
        var runner = new ExperimentRunner([target]);
        return [.. Suite.Own.SelectMany(test => CaseJudge.ForVectors.Judge(runner.Run(test)))];
    }
}
