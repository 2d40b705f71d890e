using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using BpfConformance.Targets.Plugin;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>A target in a worker is the target in this process, whatever happens to the worker.</summary>
internal sealed class WorkerTests
{
    private static readonly string[] s_folders = ["calls", "faults", "malformed", "packet", "post-rfc", "divmul32", "programs"];

    private static ImmutableArray<TestCase> Cases { get; } =
        CaseLoader.Load([.. s_folders.Select(folder => Repository.PathOf("conformance", folder))]).Cases;

    /// <summary>The kernel has no two runs alike: time and chance are its own.</summary>
    private static IEnumerable<string> InProcess => TargetRegistry.All.Select(entry => entry.Name).Where(name => name != "kernel");

    [SetUp]
    public void Need()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there are no workers");
    }

    [TestCaseSource(nameof(InProcess))]
    public void Worker_OnEveryCase_ShowsWhatTheTargetShows(string name)
    {
        using IExecutionTarget reference = TargetRegistry.Find("reference")!.Create();
        using IExecutionTarget own = TargetRegistry.Find(name)!.Create();
        using IExecutionTarget worker = TargetRegistry.Find($"worker:{name}")!.Create();
        var runner = new ExperimentRunner([reference, own, worker]);

        Assert.That(Cases, Has.Length.GreaterThan(1000));
        foreach (TestCase test in Cases.Where(test => test.Contention is null))
        {
            ImmutableArray<TargetRun> runs = runner.Run(test).Runs;
            Assert.That(Text(runs[2], runs[0]), Is.EqualTo(Text(runs[1], runs[0])), test.Name);
        }
    }

    [TestCaseSource(nameof(InProcess))]
    public void Capabilities_OfAWorker_AreThoseOfTheTarget(string name)
    {
        using IExecutionTarget own = TargetRegistry.Find(name)!.Create();
        using IExecutionTarget worker = TargetRegistry.Find($"worker:{name}")!.Create();
        (TargetCapabilities here, TargetCapabilities there) = (own.Capabilities, worker.Capabilities);

        Assert.That(worker.Name, Is.EqualTo($"worker:{name}"));
        Assert.That((there.Version, there.Cpu, there.MaxDataBytes, there.HasContexts), Is.EqualTo((here.Version, here.Cpu, 16 << 20, here.HasContexts)));
        Assert.That((there.Tracks, there.Verifies), Is.EqualTo((here.Tracks, here.Verifies)));
        Assert.That((there.HasUpperPartsOfFields, there.UsualCost), Is.EqualTo((here.HasUpperPartsOfFields, here.UsualCost)));
        Assert.That((there.Groups, there.Types, there.Helpers, there.Probes), Is.EqualTo((here.Groups, here.Types, here.Helpers, here.Probes)));
    }

    [TestCaseSource(nameof(InProcess))]
    public void Load_InAWorker_CostsWhatItCostsTheTarget(string name)
    {
        using IExecutionTarget own = TargetRegistry.Find(name)!.Create();
        using IExecutionTarget worker = TargetRegistry.Find($"worker:{name}")!.Create();
        var request = new LoadRequest(Cases[0].Program, Cases[0].Maps, Cases[0].DataBytes);
        using ILoadedProgram? here = Load(own, out LoadCost ownCost);
        using ILoadedProgram? there = Load(worker, out LoadCost workerCost);

        Assert.That((workerCost, ownCost.CodeBytes > 0), Is.EqualTo((ownCost, name != "reference")));

        ILoadedProgram? Load(IExecutionTarget target, out LoadCost cost)
        {
            LoadResult load = target.Load(request);
            cost = load.Cost;
            return load.Program;
        }
    }

    [Test]
    public void RunTogether_InAWorker_MeetsLikeTheTarget()
    {
        if (Environment.ProcessorCount < 2) Assert.Ignore("one processor: two threads do not run at once");
        TestCase test = CaseLoader.Load([Repository.PathOf("conformance", "atomic64", "contention-add64-fetch.vector")]).Cases[0];
        using IExecutionTarget worker = TargetRegistry.Find("worker:reference")!.Create();

        CaseResult result = CaseJudge.ForVectors.Judge(new ExperimentRunner([worker]).Run(test))[0];

        Assert.That(result.Status, Is.EqualTo(CaseStatus.Passed), result.Reason);
    }

    [Test]
    public void Run_OfSeveralLoadsAtOnce_GivesEachItsOwn()
    {
        using IExecutionTarget worker = TargetRegistry.Find("worker:reference")!.Create();
        TestCase[] tests = [.. Cases.Where(test => test.Name.StartsWith("divmul32/", StringComparison.Ordinal) && test.Member.Length == 0 && test.Inputs.Length > 0).Take(2)];
        ILoadedProgram[] programs = [.. tests.Select(test => worker.Load(new LoadRequest(test.Program, test.Maps, test.DataBytes)).Program!)];
        var batch = new ObservationBatch();

        for (int i = 0; i < 4; i++)
        {
            TestCase test = tests[i % 2];
            batch.Reset(1, test.DataBytes);
            programs[i % 2].Run([new RunInput(test.Inputs[0].Data)], batch);
            Assert.That(batch[0].R0, Is.EqualTo(test.Inputs[0].Result), test.Name);
        }

        foreach (ILoadedProgram program in programs) program.Dispose();
    }

    /// <summary>Two workers at work, and somebody who kills them.</summary>
    [Test]
    public void Workers_KilledUnderLoad_LoseNoResult()
    {
        const int Kills = 12;
        PluginTarget[] workers = [.. Enumerable.Range(0, 2).Select(_ => (PluginTarget)TargetRegistry.Find("worker:reference")!.Create())];
        string[] expected = Results(TargetRegistry.All[0].Create(), () => false);
        int killed = 0;
        var random = new Random(20260731);

        Task<string[]>[] work = [.. workers.Select(worker => Task.Run(() => Results(worker, () => Volatile.Read(ref killed) < Kills)))];
        while (killed < Kills && work.All(each => !each.IsCompleted))
        {
            Thread.Sleep(random.Next(150, 400));
            if (workers[random.Next(workers.Length)].ProcessId is { } process && Kill(process)) Interlocked.Increment(ref killed);
        }

        Volatile.Write(ref killed, Kills);
        Task.WaitAll(work);

        Assert.That(killed, Is.EqualTo(Kills));
        foreach (Task<string[]> each in work) Assert.That(Differences(each.Result, expected), Is.Empty);
    }

    private static bool Kill(int process)
    {
        try
        {
            using var child = Process.GetProcessById(process);
            child.Kill();
            return true;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>What came of every case, the whole suite again and again as long as it is wanted; all times alike.</summary>
    private static string[] Results(IExecutionTarget target, Func<bool> again)
    {
        using (target)
        {
            var runner = new ExperimentRunner([target]);
            string[] first = [];
            do
            {
                string[] results = [.. Cases.Where(test => test.Contention is null).Select(test => runner.Run(test).Runs[0]).Select(run => Text(run, run))];
                if (first.Length == 0) first = results;
                Assert.That(Differences(results, first), Is.Empty);
            }
            while (again());
            return first;
        }
    }

    private static IEnumerable<(string Got, string Expected)> Differences(string[] got, string[] expected) =>
        got.Zip(expected).Where(pair => pair.First != pair.Second);

    /// <summary>All that a run has shown.</summary>
    /// <summary>All that a run shows but addresses, which each process has of its own: the sanitised reference knows where they are.</summary>
    private static string Text(TargetRun run, TargetRun reference)
    {
        if (run.Observations is not { } seen) return run.Verdict.ToString();
        IEnumerable<string> outcomes = Enumerable.Range(0, seen.Count).Select(i =>
        {
            Outcome outcome = seen.Materialize(i);
            bool isKnown = reference.Observations is { } tracked && tracked[i].Status == ExecutionStatus.Returned;
            int plain = isKnown ? reference.Observations![i].RegistersMask : 0; // it returned, so it was observed
            IEnumerable<string> registers = Enumerable.Range(0, plain == 0 ? 0 : 10).Select(r => (plain >> r & 1) != 0 ? $"{outcome.Registers?.Values[r]:x}" : "address");
            string data = isKnown && outcome.Data is { } bytes ? DataText(bytes.Span, reference.Observations!.DataMask(i)) : "no data";
            return $"{outcome.Status} {outcome.R0Mask:x} {string.Join(' ', registers)} {data} {outcome.Instructions} {outcome.Fault} {outcome.Reason}";
        });
        return $"{run.Verdict} {seen.Remark}\n{string.Join('\n', outcomes)}";
    }

    private static string DataText(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mask)
    {
        byte[] plain = bytes.ToArray();
        for (int i = 0; i < plain.Length; i++) plain[i] &= mask[i];
        return Convert.ToHexString(plain);
    }
}
