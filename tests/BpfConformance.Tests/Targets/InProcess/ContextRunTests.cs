using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>A case with a context, from the file to the judgement, on our own engines and on one of them in a worker.</summary>
internal sealed class ContextRunTests
{
    private const string Vector =
        "-- asm\n*(u32 *)(r1 + 48) = 7\nr0 = *(u32 *)(r1 + 8)\nexit\n-- type\nsched_cls\n-- packet\n000102030405060708090a0b0c0d\n-- context\nmark = 5\n-- result\n5\n";

    [TestCase("reference")]
    [TestCase("worker:reference")]
    public void Run_WithAContext_GivesItAndShowsItAfterwards(string name)
    {
        CaseResult result = Judged(name, Vector + "-- context-after\ncb[0] = 7\nmark = 5\n");

        Assert.That((result.Status, result.Reason), Is.EqualTo((CaseStatus.Passed, string.Empty)));
    }

    [TestCase("reference")]
    [TestCase("worker:reference")]
    public void Run_ThatLeavesAnotherContext_Fails(string name)
    {
        CaseResult result = Judged(name, Vector + "-- context-after\ncb[0] = 8\n");

        Assert.That((result.Status, result.Reason), Is.EqualTo((CaseStatus.Failed, "expected cb[0] = 0x8, got cb[0] = 0x7")));
    }

    [TestCase("r0 = *(u64 *)(r1 + 0)\nr0 = *(u32 *)(r0 + 0)", CaseStatus.Passed)]
    [TestCase("r0 = *(u64 *)(r1 + 8)", CaseStatus.Passed)]
    [TestCase("r0 = *(u8 *)(r1 + 1)", CaseStatus.Inconclusive)]
    [TestCase("r0 = *(u32 *)(r1 + 4)", CaseStatus.Inconclusive)]
    public void Run_ThatLooksAtPartsOfAnAddress_IsLeftOpen(string load, CaseStatus expected)
    {
        CaseResult result = Judged("reference", $"-- type\nraw_tracepoint_writable\n-- packet\n00000000\n-- asm\n{load}\nexit\n-- result\n0\n");

        Assert.That(result.Status, Is.EqualTo(expected), result.Reason);
    }

    private static CaseResult Judged(string name, string text)
    {
        if (name != "reference" && !OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there are no workers");
        using IExecutionTarget target = TargetRegistry.Find(name)!.Create();
        TestCase test = VectorReader.Read(text, "hooks/x.vector", "x.vector");
        return CaseJudge.ForVectors.Judge(new ExperimentRunner([target]).Run(test))[0];
    }
}
