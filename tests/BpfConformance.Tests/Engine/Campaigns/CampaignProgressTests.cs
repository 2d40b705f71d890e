using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Findings;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Campaigns;

internal sealed class CampaignProgressTests
{
    private static readonly RangePlan s_plan = new([TinyGenerator.Profile], count: 600);

    [Test]
    public void Range_OfWhichAPartIsDone_GoesOnBehindItWithoutTheCasesThatAreLeftOut()
    {
        var before = new CampaignProgress(s_plan, CampaignState.Start);
        CaseRange range = before.Take()!;
        before.Lose(range, new FoundCase(new FindingSignature("crash", "x64", string.Empty, "SIGSEGV"), range.Id(1, 120), string.Empty, string.Empty));
        before.Part(range.Number, 100, new CaseCounts { Programs = 100 });
        Assert.That(before.State.Counts.Findings.Values, Is.EqualTo(new[] { 1L }), "also where the range is never done");

        var after = new CampaignProgress(s_plan, before.State);
        CaseRange rest = after.Take()!;
        after.Done(rest.Number, new CaseCounts { Programs = 155 });

        Assert.That((rest.First, rest.Count, rest.Skipped.Single()), Is.EqualTo((100L, 156, 120L)));
        Assert.That((after.State.Counts.Programs, after.State.DoneBelow), Is.EqualTo((256, 1)));
        Assert.That(after.State.Counts.Findings.Values, Is.EqualTo(new[] { 1L }));
        Assert.That((after.State.Parts.Count, after.State.Lost.Length), Is.EqualTo((0, 0)));
        Assert.That(after.Take()!.First, Is.EqualTo(256));
    }

    [TestCase(600, 700, 2, 600, 100)]
    [TestCase(600, 1024, 2, 600, 168)]
    [TestCase(512, 600, 2, 512, 88)]
    [TestCase(600, null, 2, 600, 168)]
    public void Plan_ThatIsMadeLonger_GoesOnBehindItsLastCase(long before, long? now, long number, long first, int count)
    {
        var shorter = new RangePlan([TinyGenerator.Profile], before);
        var longer = new RangePlan([TinyGenerator.Profile], now);
        CampaignState done = CampaignState.Start with { DoneBelow = (before + 255) / 256 };

        Assert.That(new CampaignProgress(longer, done.Continued(shorter, longer)).Take(), Is.EqualTo(new CaseRange(number, "tiny", first, count)));
    }

    [Test]
    public void Ranges_ThatAreDoneInAnotherOrder_AreNotHandedOutAgain()
    {
        var before = new CampaignProgress(s_plan, CampaignState.Start);
        for (int i = 0; i < 3; i++) before.Take();
        before.Done(1, new CaseCounts());

        var after = new CampaignProgress(s_plan, before.State);

        Assert.That((before.Take(), after.Take()!.Number, after.Take()!.Number, after.Take()), Is.EqualTo(((CaseRange?)null, 0L, 2L, (CaseRange?)null)));
        after.Done(0, new CaseCounts());
        Assert.That(after.State.DoneBelow, Is.EqualTo(2));
    }
}
