using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>Programs that the kernel is not asked to run: what the vectors expect of them is worth something only if it loads them.</summary>
[TestFixture]
internal sealed class OnlyLoadedTests
{
    [Test]
    public void Kernel_OfTypesThatItOnlyLoads_AcceptsTheProgramsThatReturn()
    {
        TargetEntry entry = TargetRegistry.All.Single(each => each.Name == "kernel");
        if (entry.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        using IExecutionTarget kernel = entry.Create();
        TestCase[] cases = [.. Suite.Own.Where(test => test.Expectation is { Load: LoadExpectation.Accepted, Run: RunExpectation.Returned } && IsOnlyLoaded(kernel, test))];

        Assert.That(cases, Has.Length.GreaterThanOrEqualTo(8));
        foreach (TestCase test in cases)
        {
            LoadResult result = kernel.Load(test.ToRequest());
            result.Program?.Dispose();
            Assert.That(result.Verdict.Kind, Is.EqualTo(VerdictKind.Accepted), $"{test.Name}: {result.Verdict.Message}");
        }
    }

    private static bool IsOnlyLoaded(IExecutionTarget kernel, TestCase test) =>
        Enumerable.Range(0, test.Program.Count).Any(index => test.Runs(index) && kernel.Capabilities.OnlyLoaded.Contains(test.Program[index].Type));
}
