using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>
/// Every case, also those that fault, on checked x64 code in every way to run it, and on processors without BMI2; on trusted
/// code those whose runs all return.
/// </summary>
[TestFixture]
internal sealed class X64OptionsTests
{
    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test, Combinatorial]
    public void Cases_Checked_MeetTheirExpectations([Values] bool isMetered, [Values] bool showsRegisters, [Values] bool hasShifts) =>
        Judge(new JitOptions(IsChecked: true, isMetered, showsRegisters), hasShifts, atLeast: 5500);

    [Test]
    public void Cases_TrustedWithoutBmi2_MeetTheirExpectations([Values] bool isMetered) =>
        Judge(JitOptions.Trusted with { IsMetered = isMetered, ShowsRegisters = true }, hasShifts: false, atLeast: 5000);

    private static void Judge(JitOptions options, bool hasShifts, int atLeast)
    {
        using var made = new InProcessTarget("x64", CapabilitiesOfX64(), Loader(options, hasShifts));
        using var reference = new ReferenceTarget();
        var alone = new ExperimentRunner([reference]);
        var both = new ExperimentRunner([reference, made]);
        int judged = 0;
        foreach (TestCase test in Suite.Own.Concat(Suite.Older))
        {
            if (test.Contention is not null || !MayRun(alone.Run(test).Runs[0], options)) continue;
            Experiment experiment = both.Run(test);
            if (!options.ShowsRegisters && experiment.Runs[1].Observations is { } seen) HideRegisters(seen);
            CaseResult result = CaseJudge.ForVectors.Judge(experiment)[1];
            if (result.Status == CaseStatus.Failed) Assert.Fail($"{test.File}: {string.Join("\n", result.Findings)}");
            if (result.Status is CaseStatus.Passed or CaseStatus.LegalDivergence) judged++;
        }

        TestContext.Out.WriteLine($"{judged} cases");
        Assert.That(judged, Is.GreaterThan(atLeast));
    }

    /// <summary>What does not end must be counted, what may touch anything must be checked.</summary>
    private static bool MayRun(TargetRun reference, JitOptions options)
    {
        if (reference.Observations is not { } seen) return true;
        ExecutionStatus[] ends = [.. Enumerable.Range(0, seen.Count).Select(run => seen[run].Status)];
        bool mayRun = options.IsMetered || !ends.Any(end => end is ExecutionStatus.TimedOut or ExecutionStatus.Inconclusive);
        return mayRun && (options.IsChecked || ends.All(end => end == ExecutionStatus.Returned));
    }

    private static void HideRegisters(ObservationBatch seen)
    {
        for (int run = 0; run < seen.Count; run++) seen[run].RegistersMask = 0;
    }

    private static TargetCapabilities CapabilitiesOfX64()
    {
        using var target = Targets.TargetRegistry.All.Single(entry => entry.Name == "x64").Create();
        return target.Capabilities;
    }

    private static EngineLoader Loader(JitOptions options, bool hasShifts) => (LoadRequest request, out ValidationError? error) => X64Program.TryLoad(
        request.Program, request.Maps, request.DataBytes, options, hasShifts, out error);
}
