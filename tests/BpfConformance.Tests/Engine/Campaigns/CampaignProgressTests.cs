using System.Collections.Immutable;
using System.Globalization;
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

    [Test]
    public void CaseThatIsLost_WhileItsFindingsAreFiled_IsWhyTheyAreNot()
    {
        var progress = new CampaignProgress(s_plan, CampaignState.Start);
        CaseRange range = progress.Take()!;
        FoundCase[] found = [.. ((long[])[120, 121]).Select(index => new FoundCase(new FindingSignature("state", "x64", $"{index}", "R0"), range.Id(1, index), "wrong", string.Empty))];
        foreach (FoundCase each in found) progress.Found(each);

        progress.Lose(range, new FoundCase(new FindingSignature("crash", "filer", string.Empty, "slow"), range.Id(1, 120), "the worker was slow\nat X", string.Empty) { WhyNotFiled = "lost" });

        Assert.That(found.Select(each => progress.State.Found[each.Signature.Slug].WhyNotFiled), Is.EqualTo(new[] { "when it was to be filed, the worker was slow", string.Empty }));
        progress.Found(found[1] with { WhyNotFiled = "it comes and goes" });
        progress.Found(found[1]);
        Assert.That(progress.State.Found[found[1].Signature.Slug].WhyNotFiled, Is.EqualTo("it comes and goes"));
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

    [TestCase(0, "", "", "", 0, 0)]
    [TestCase(3, "", "", "", 600, 600)]
    [TestCase(1, "", "", "", 256, 256)]
    [TestCase(0, "1", "0:100", "", 512, 356)]
    [TestCase(0, "2", "", "", 600, 88)]
    [TestCase(1, "", "1:256 2:590", "", 590, 334)]
    [TestCase(1, "", "2:590", "2:580 2:593", 594, 335)]
    public void State_OfAPlan_HasCasesBehindItAndReachesBehindTheLast(long doneBelow, string doneAbove, string parts, string lost, long reached, long cases)
    {
        CampaignState state = CampaignState.Start with
        {
            DoneBelow = doneBelow,
            DoneAbove = [.. Words(doneAbove).Select(Number)],
            Parts = Words(parts).Select(Pair).ToImmutableSortedDictionary(pair => pair.Range, pair => pair.Index),
            Lost = [.. Words(lost).Select(Pair).Select(pair => new LostCase(pair.Range, pair.Index, string.Empty))],
        };

        Assert.That((state.Reached(s_plan), state.Cases(s_plan)), Is.EqualTo((reached, cases)));

        static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

        static (long Range, long Index) Pair(string text) => text.Split(':') is [var range, var index] ? (Number(range), Number(index)) : default;
    }

    [Test]
    public void Range_FromBehindItsEnd_IsNone()
    {
        CaseRange last = s_plan[2]!;

        Assert.That(last.From(600).Count, Is.Zero);
        Assert.That(() => last.From(601), Throws.TypeOf<ArgumentOutOfRangeException>());
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
