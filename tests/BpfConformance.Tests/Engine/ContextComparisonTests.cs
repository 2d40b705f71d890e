using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>Contexts afterwards, held against what is stated and against the reference's; and who is asked.</summary>
[TestFixture]
public sealed class ContextComparisonTests
{
    private const int SkBuffBytes = 192;

    private static readonly TestCase s_case = Read("-- type\nsched_cls\n-- context-after\nmark = 5\ncb[0] = 7\n");

    [Test]
    public void Judge_AsStated_Passes()
    {
        TargetRun run = Left("x", (8, 5), (48, 7), (52, 9));

        Assert.That(JudgeStated(run), Is.Empty);
        Assert.That(ExpectationComparer.IsConclusive(s_case, 0, run.Observations!));
    }

    [TestCase(48, 0x21, "cb[0] = 0x7", "cb[0] = 0x21", 10)]
    [TestCase(51, 0x21, "cb[0] = 0x7", "cb[0] = 0x21000007", 10)]
    [TestCase(9, 1, "mark = 0x5", "mark = 0x105", 9)]
    public void Judge_OtherThanStated_NamesTheFieldAndItsLine(int offset, byte value, string expected, string got, int line) =>
        Assert.That(
            JudgeStated(Left("x", (8, 5), (48, 7), (offset, value))),
            Is.EqualTo(new[] { new Finding("expectation", "x", Facets.Context, 0, expected, got) { Line = line } }));

    [Test]
    public void Judge_ByteThatWasNotSeen_IsNeitherRightNorWrong()
    {
        TargetRun run = Left("x", (8, 5), (48, 7), (49, 1));
        run.Observations!.ContextMask(0)[49] = 0;

        Assert.That(JudgeStated(run), Is.Empty);
        Assert.That(ExpectationComparer.IsConclusive(s_case, 0, run.Observations), Is.False);
    }

    [TestCase(-1)]
    [TestCase(50)]
    public void Judge_ContextThatWasNotSeenInFull_IsInconclusive(int length)
    {
        TargetRun run = Left("x", (8, 5));
        run.Observations![0].ContextLength = length;

        Assert.That(JudgeStated(run), Is.Empty);
        Assert.That(ExpectationComparer.IsConclusive(s_case, 0, run.Observations), Is.False);
    }

    [TestCase(60, "cb[3] = 0x0 (as reference)", "cb[3] = 0x9")]
    [TestCase(152, "tstamp = 0x0 (as reference)", "tstamp = 0x9")]
    [TestCase(181, "context[181] = 0x0 (as reference)", "context[181] = 0x9")]
    public void Judge_OtherThanTheReference_NamesTheField(int offset, string expected, string got) =>
        Assert.That(
            new StateOracle().Judge(new Experiment(s_case, [Left("reference"), Left("x", (offset, 9))])),
            Is.EqualTo(new[] { new Finding("state", "x", Facets.Context, 0, expected, got) }));

    [Test]
    public void Judge_WhereOneOfBothDidNotSee_FindsNothing()
    {
        TargetRun other = Left("x", (60, 9));
        other.Observations!.ContextMask(0)[60] = 0;

        Assert.That(new StateOracle().Judge(new Experiment(s_case, [Left("reference"), other])), Is.Empty);
    }

    [Test]
    public void Judge_ContextOfAnotherLength_IsFound()
    {
        TargetRun other = Left("x");
        other.Observations![0].ContextLength = 100;

        Assert.That(new StateOracle().Judge(new Experiment(s_case, [Left("reference"), other])).Single().Got, Is.EqualTo("context of 100 bytes"));
    }

    [TestCase("", null)]
    [TestCase("-- type\nsocket_filter\n", null)]
    [TestCase("-- type\nsocket_filter\n-- context\nmark = 1\n", "is not given contexts: fields of one are stated")]
    [TestCase("-- type\nsocket_filter\n-- context-after\ncb[0] = 1\n", "is not given contexts: fields of one are stated")]
    [TestCase("-- type\nsocket_filter\n-- attach\nxdp\n", "is not given contexts: a program has an attach type")]
    [TestCase("-- license\nMIT\n", "is not given contexts: the license is stated")]
    [TestCase("-- flags\nany_alignment\n", "is not given contexts: flags are stated")]
    [TestCase("-- type\nsched_cls\n", "is not given contexts: a program has the type sched_cls")]
    public void Lacks_WithoutContexts_IsWhatOnlyTheyCanTell(string sections, string? lack)
    {
        TestCase test = Read(sections);
        using var without = new FakeTarget("x");

        Assert.That(without.Capabilities.Lacks(test), Is.EqualTo(lack));
        Assert.That((without.Capabilities with { HasContexts = true }).Lacks(test), Is.Null);
    }

    private static TestCase Read(string sections) =>
        VectorReader.Read($"-- asm\nr0 = 5\nexit\n-- result\n5\n{sections}", "hooks/x.vector", "x.vector");

    private static Finding[] JudgeStated(TargetRun run) => [.. new ExpectationOracle().Judge(new Experiment(s_case, [run]))];

    private static TargetRun Left(string target, params (int Offset, int Value)[] bytes)
    {
        var batch = new ObservationBatch();
        batch.Reset(1, dataBytes: 0, contextBytes: SkBuffBytes);
        batch[0] = FakeTarget.Returned(5) with { ContextLength = SkBuffBytes };
        foreach ((int offset, int value) in bytes) batch.Context(0)[offset] = (byte)value;
        return new TargetRun(target, Verdict.Accepted, batch);
    }
}
