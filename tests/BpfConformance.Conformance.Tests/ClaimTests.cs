using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>What the suite awards, and to whom: the smallest machines earn their group, and who only pretends earns nothing.</summary>
internal sealed class ClaimTests
{
    /// <summary>The reference has no arenas, so that nothing can show them.</summary>
    private static IEnumerable<ConformanceGroup> Groups =>
        Enum.GetValues<ConformanceGroup>().Where(group => group != ConformanceGroup.AddressSpace);

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

    /// <summary>Nor does it help to claim less: then fewer cases could unmask it.</summary>
    [TestCaseSource(nameof(Pretenders))]
    public void Pretender_WithAnyGroups_IsAwardedNothing(Func<IExecutionTarget> create)
    {
        using IExecutionTarget pretender = create();
        CaseResult[] results = ResultsOf(pretender);

        Assert.Multiple(() =>
        {
            foreach (ImmutableSortedSet<ConformanceGroup> groups in Groups.Select(WithScaffolding).Prepend([.. Groups]))
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
