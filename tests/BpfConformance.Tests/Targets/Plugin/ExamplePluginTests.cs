using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;
using BpfConformance.Engine.Comparison;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Processes;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>The plug-ins that others are to begin from, on the whole suite, held against the reference in all that they show.</summary>
internal sealed class ExamplePluginTests
{
    private static ImmutableArray<TestCase> Suite { get; } = CaseLoader.Load([Repository.PathOf("conformance")]).Cases;

    [Test]
    public void ExampleInC_OnTheWholeSuite_EarnsWhatItSays() => AssertEarns(
        new ChildCommand(CPlugins.ExampleVm),
        [ConformanceGroup.Base32, ConformanceGroup.Base64, ConformanceGroup.Divmul32, ConformanceGroup.Divmul64]);

    [Test]
    public void ExampleInPython_OnTheWholeSuite_EarnsBase32()
    {
        Python.Need();
        AssertEarns(Python.Command("src/plugins/example_plugin.py"), [ConformanceGroup.Base32]);
    }

    private static void AssertEarns(ChildCommand command, ImmutableSortedSet<ConformanceGroup> groups)
    {
        var runner = new SuiteRunner(
            () => [new ReferenceTarget(), new PluginTarget("example", new PluginSettings(command))],
            experiment => [CaseJudge.ForVectors.Judge(experiment)[1]]);
        CaseResult[] results = [.. runner.Run(Suite, _ => { }, CancellationToken.None).SelectMany(each => each)];

        using var target = new PluginTarget("example", new PluginSettings(command));
        ImmutableArray<Claim> claims = ClaimBuilder.Build(target.Capabilities, results);

        Assert.That(results.Where(result => result.Status is CaseStatus.Failed or CaseStatus.Inconclusive).Select(result => $"{result.Case.Name}: {result.Reason}"), Is.Empty);
        Assert.Multiple(() =>
        {
            foreach (Claim claim in claims)
            {
                Assert.That(claim.Status, Is.EqualTo(groups.Contains(claim.Group) ? ClaimStatus.Conforms : ClaimStatus.Unsupported), $"{claim}");
            }
        });
    }
}
