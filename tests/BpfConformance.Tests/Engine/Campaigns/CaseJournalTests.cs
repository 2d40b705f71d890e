using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Tests.Cli;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Campaigns;

internal sealed class CaseJournalTests
{
    private static readonly CaseRange s_range = new(9, "valid", 2304, 256) { IsCareful = true };

    [Test]
    public void Entry_OfAFileThatSomebodyElseWrites_IsWhatIsInHand()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.FullName, "journal");
        using var worker = new CaseJournal(path) { Targets = ["reference", "il", "plugin"] };
        using var parent = new CaseJournal(path);
        Assert.That(parent.Entry, Is.Null);

        worker.BeginRange(s_range, seed: 42, isKept: true);
        Assert.That(parent.Entry, Has.Property(nameof(JournalEntry.Stage)).EqualTo(CaseStage.None).And.Property(nameof(JournalEntry.Range)).EqualTo(s_range));

        worker.BeginCase(2310);
        Assert.That((parent.Begun, $"{parent.Entry!.Case}", parent.Entry.Stage), Is.EqualTo((1, "valid:42:2310", CaseStage.Generating)));

        worker.Run([new Instruction(Opcodes.Exit, 0, 0, 0)], isKept: true);
        Assert.That(parent.Entry.Target, Is.GreaterThan(2), "nobody has it yet");
        worker.Ask("plugin");
        Assert.That((parent.Entry.Stage, parent.Entry.Target, Convert.ToHexString(parent.Entry.Program.Span)), Is.EqualTo((CaseStage.Running, 2, "9500000000000000")));

        worker.Ask(null);
        Assert.That(parent.Entry.Target, Is.GreaterThan(2), "nobody has it any more");

        worker.EndRange();
        Assert.That(parent.Entry.Stage, Is.EqualTo(CaseStage.None));
        parent.Clear();
        Assert.That(worker.Entry, Is.Null);
    }

    [Test]
    public void Program_ThatIsLongerThanTheJournal_IsCut()
    {
        using var folder = new TemporaryFolder();
        using var journal = new CaseJournal(Path.Combine(folder.FullName, "journal"));
        journal.BeginRange(s_range, seed: 1, isKept: false);

        journal.Run(new Instruction[100_000], isKept: false);

        Assert.That(journal.Entry!.Program.Length, Is.EqualTo(65536 - 128));
    }

    [TestCase(CaseStage.Running, 1, "hang", "plugin")]
    [TestCase(CaseStage.Filing, 1, "hang", "plugin")]
    [TestCase(CaseStage.Filing, 1, "slow", "filer")]
    [TestCase(CaseStage.Running, 2, "hang", "oracles")]
    [TestCase(CaseStage.Filing, 2, "slow", "filer")]
    [TestCase(CaseStage.Generating, 1, "hang", "generator")]
    public void Finding_OfAWorkerThatTakesTooLong_IsAboutWhoHadTheCase(CaseStage stage, int target, string kind, string who)
    {
        var settings = new CampaignSettings(["reference", "plugin"], Workers: 1, TimeSpan.FromSeconds(30));

        FoundCase found = settings.FoundBy(new JournalEntry(s_range, s_range.Id(1, 2310), stage, target, default), new WorkerEnd("did not come to an end within 30 s", kind, string.Empty));

        Assert.That(($"{found.Signature}", found.Text), Is.EqualTo(($"crash | {who} |  | {kind}", $"the worker did not come to an end within 30 s while {who} had the case")));
    }
}
