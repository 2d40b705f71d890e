using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Cli;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Plugin;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>The kernel in a worker with namespaces of its own.</summary>
internal sealed class KernelWorkerTests
{
    private static readonly string[] s_namespaces = ["net", "mnt", "cgroup", "pid_for_children"];

    [SetUp]
    public void Need()
    {
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        if (TargetRegistry.ProblemOfKernelWorkers is { } problem) Assert.Ignore(problem);
    }

    [Test]
    public void Capabilities_OfAWorker_AreThoseOfTheKernel()
    {
        using IExecutionTarget own = TargetRegistry.Find("kernel")!.Create();
        using IExecutionTarget worker = TargetRegistry.Find("worker:kernel")!.Create();
        (TargetCapabilities here, TargetCapabilities there) = (own.Capabilities, worker.Capabilities);

        Assert.That((there.Verifies, there.Tracks, there.HasUpperPartsOfFields, there.UsualCost), Is.EqualTo((here.Verifies, here.Tracks, here.HasUpperPartsOfFields, here.UsualCost)));
        Assert.That((there.OnlyLoaded, there.MayLackMemory), Is.EqualTo((here.OnlyLoaded, here.MayLackMemory)));
        Assert.That((here.OnlyLoaded.IsEmpty, here.MayLackMemory.IsEmpty), Is.EqualTo((false, false)), "something is said");
    }

    [Test]
    public void Worker_OnTheSuitesOwnCases_ShowsWhatTheKernelShows()
    {
        ImmutableArray<TestCase> cases = CaseLoader.Load([Repository.PathOf("conformance", "divmul32"), Repository.PathOf("conformance", "malformed")]).Cases;
        using IExecutionTarget own = TargetRegistry.Find("kernel")!.Create();
        using IExecutionTarget worker = TargetRegistry.Find("worker:kernel")!.Create();
        var runner = new ExperimentRunner([own, worker]);

        foreach (TestCase test in cases.Where((_, i) => i % 7 == 0))
        {
            TargetRun[] runs = [.. runner.Run(test).Runs];
            Assert.That(runs[1].Verdict, Is.EqualTo(runs[0].Verdict), test.Name);
            if (runs[0].Observations is not { } seen) continue;
            Assert.That(Enumerable.Range(0, seen.Count).All(i => seen.Agrees(i, runs[1].Observations!, Mask.Everything)), test.Name);
            Assert.That(FacetComparer.Comparable(seen, 0, runs[1].Observations!, 0), Is.EqualTo(FacetComparer.Comparable(seen, 0, seen, 0)), test.Name);
        }
    }

    [Test]
    public void Worker_InItsNamespaces_SharesNoneOfThem()
    {
        using var worker = (PluginTarget)TargetRegistry.Find("worker:kernel")!.Create();

        Assert.That(worker.Capabilities.Probes.Single(probe => probe.Name == "namespaces of its own").Available);
        foreach (string name in s_namespaces)
        {
            Assert.That(NamespaceOf($"{worker.ProcessId}", name), Is.Not.Empty.And.Not.EqualTo(NamespaceOf("self", name)), name);
        }
    }

    [Test]
    public void Worker_ThatWasKilled_IsReplaced()
    {
        TestCase test = CaseLoader.Load([Repository.PathOf("conformance", "divmul32", "div32.vector")]).Cases[0];
        using var worker = (PluginTarget)TargetRegistry.Find("worker:kernel")!.Create();
        var runner = new ExperimentRunner([worker]);
        for (int round = 0; round < 2; round++)
        {
            Assert.That(CaseJudge.ForVectors.Judge(runner.Run(test))[0].Status, Is.EqualTo(CaseStatus.Passed));
            using var process = Process.GetProcessById(worker.ProcessId!.Value);
            process.Kill();
        }
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    public void Selection_ForPrograms_PutsTheKernelInAWorkerWhenTheyAreOfNoSuite(bool areOfASuite, bool isWorker)
    {
        TargetSelection selection = TargetSelection.Of(TargetRegistry.All).ForPrograms(areOfASuite, TextWriter.Null);
        TargetEntry kernel = selection.Available.Single(entry => entry.Name == "kernel");

        using IExecutionTarget target = kernel.Create();

        Assert.That((target.Name, target is PluginTarget), Is.EqualTo(("kernel", isWorker)));
    }

    private static string NamespaceOf(string process, string name) =>
        File.ResolveLinkTarget($"/proc/{process}/ns/{name}", returnFinalTarget: false)?.Name ?? string.Empty;
}
