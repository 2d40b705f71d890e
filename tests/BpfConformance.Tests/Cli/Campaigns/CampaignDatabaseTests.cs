using System.Collections.Immutable;
using BpfConformance.Cli;
using BpfConformance.Cli.Campaigns;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli.Campaigns;

internal sealed class CampaignDatabaseTests
{
    private static readonly DateTime s_now = new(2026, 11, 30, 12, 0, 0, DateTimeKind.Utc);
    private static readonly FoundCase s_found = new(new FindingSignature("state", "x64", "add64-reg", "R0"), new CaseId("valid", ulong.MaxValue, 3), "wrong", "9500000000000000");
    private static readonly CampaignRecord s_record = new(ulong.MaxValue, ["valid", "boundary"], ["reference", "x64"], ["--target", "x64"], Count: 10, Seconds: null) { Boot = "one" };

    [Test]
    public void State_ThatWasSaved_IsRead()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.FullName, "campaigns.db");
        var counts = new CaseCounts { Programs = 7, Slots = 200, Digest = ulong.MaxValue };
        counts.Targets.Add("x64", new TargetCounts { Accepted = 5, Rejected = 2, Inputs = 40, Conclusive = 39 });
        counts.Targets["x64"].Reasons.Add("TooLong: N slots", 2);
        counts.Covered.UnionWith([3, 99]);
        counts.AddFinding(s_found.Signature.Slug, 4);
        var state = new CampaignState(
            5, [7, 9], ImmutableSortedDictionary<long, long>.Empty.Add(6, 1600), counts, ImmutableDictionary<string, FoundCase>.Empty.Add(s_found.Signature.Slug, s_found), [new LostCase(6, 1599, s_found.Signature.Slug)], TimeSpan.FromSeconds(3));
        using (var database = new CampaignDatabase(file))
        {
            long id = database.Add(s_record, s_now);
            database.Save(id, state with { DoneAbove = [8], Parts = state.Parts.Add(7, 1), Lost = [] }, s_now);
            database.Save(id, state, s_now);
        }

        using var again = new CampaignDatabase(file);
        long last = again.Ids[^1]; // one was added
        CampaignRecord record = again.Find(last)!;
        CampaignState read = again.StateOf(last);

        Assert.That((record.Seed, record.Count, record.Seconds, record.Boot, record.IsBroken), Is.EqualTo((ulong.MaxValue, 10L, (double?)null, "one", false)));
        Assert.That((string.Join(' ', record.Profiles), string.Join(' ', record.Targets), string.Join(' ', record.Arguments)), Is.EqualTo(("valid boundary", "reference x64", "--target x64")));
        Assert.That((read.DoneBelow, string.Join(' ', read.DoneAbove), string.Join(' ', read.Parts), read.Lost.Single(), read.Elapsed), Is.EqualTo((5L, "7 9", "[6, 1600]", state.Lost.Single(), state.Elapsed)));
        Assert.That((read.Counts.Programs, read.Counts.Slots, read.Counts.Digest, string.Join(' ', read.Counts.Covered)), Is.EqualTo((7L, 200L, ulong.MaxValue, "3 99")));
        Assert.That((read.Counts.Targets["x64"].Rejected, read.Counts.Targets["x64"].Reasons["TooLong: N slots"], read.Counts.Targets["x64"].Conclusive), Is.EqualTo((2L, 2L, 39L)));
        Assert.That(read.Counts.Findings[s_found.Signature.Slug], Is.EqualTo(4));
        Assert.That((read.Found.Values.Single().Signature, read.Found.Values.Single().Case, read.Found.Values.Single().Program), Is.EqualTo((s_found.Signature, s_found.Case, s_found.Program)));
    }

    [Test]
    public void NewDatabase_OpenedByManyAtOnce_IsWholeForEach()
    {
        for (int time = 0; time < 10; time++)
        {
            using var folder = new TemporaryFolder();
            string file = Path.Combine(folder.FullName, "campaigns.db");
            using var start = new Barrier(4);

            Task<bool>[] openings =
            [
                .. Enumerable.Range(0, start.ParticipantCount).Select(_ => Task.Factory.StartNew(
                    () =>
                    {
                        bool isTogether = start.SignalAndWait(TimeSpan.FromSeconds(10));
                        using var database = new CampaignDatabase(file);
                        return isTogether && database.Ids.Count == 0;
                    },
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default)),
            ];

            Assert.That(openings.Select(opening => opening.Result), Is.All.True);
        }
    }

    [Test]
    public void Finding_ThatIsKnown_IsNewAgainAfterItsLastDay()
    {
        using var folder = new TemporaryFolder();
        using var database = new CampaignDatabase(Path.Combine(folder.FullName, "campaigns.db"));
        long id = database.Add(s_record, s_now);
        database.Save(id, CampaignState.Start with { Found = ImmutableDictionary<string, FoundCase>.Empty.Add(s_found.Signature.Slug, s_found) }, s_now);
        var last = new DateOnly(2026, 12, 31);

        Assert.That(database.Findings.Single().IsNew(last), Is.True);
        database.SetKnown(s_found.Signature, "because", last);
        KnownFinding known = database.Findings.Single();

        Assert.That((known.IsNew(last), known.IsNew(last.AddDays(1))), Is.EqualTo((false, true)));
        Assert.That((known.Status(last), known.Status(last.AddDays(1))), Is.EqualTo(("known until 2026-12-31: because", "new: was known until 2026-12-31: because")));
        Assert.That(known.FirstSeen, Is.EqualTo(s_now));
    }

    [Test]
    public void File_ThatIsNoDatabase_IsAUsageError()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("campaigns.db", new string('x', 4096));

        Assert.That(() => new CampaignDatabase(file), Throws.TypeOf<UsageException>().With.Message.EqualTo($"'{file}' is no database of campaigns, or a broken one"));
    }

    [Test]
    public void File_OfAnotherVersion_IsAUsageError()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.FullName, "campaigns.db");
        using (var sql = new SqlConnection(file, TimeSpan.FromSeconds(5))) sql.Execute("CREATE TABLE rate (campaign INTEGER)");

        Assert.That(() => new CampaignDatabase(file), Throws.TypeOf<UsageException>().With.Message.EqualTo($"'{file}' is of version 0, this program's databases are of version 1: name another with --db"));
    }

    [Test]
    public void State_WithWhatNoCampaignWrites_IsAUsageError()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.FullName, "campaigns.db");
        using var database = new CampaignDatabase(file);
        long id = database.Add(s_record, s_now);
        using (var sql = new SqlConnection(file, TimeSpan.FromSeconds(5))) sql.Execute("UPDATE campaign SET digest = 'x'");

        Assert.That(() => database.StateOf(id), Throws.TypeOf<UsageException>().With.Message.StartsWith("the database has what no campaign writes: "));
    }

    [Test]
    public void Status_OfACampaign_TellsRatesAcceptanceReasonsAndFindings()
    {
        var counts = new CaseCounts { Programs = 2000, Slots = 61_000 };
        counts.Targets.Add("il", new TargetCounts { Accepted = 1950, Inputs = 15_600, Conclusive = 15_600 });
        counts.Targets.Add("kernel", new TargetCounts { Accepted = 1950, Rejected = 50, Inconclusive = 1, Inputs = 15_600, Conclusive = 15_444 });
        counts.Targets["kernel"].Reasons.Add("InvalidStackAccess: off N", 49);
        counts.AddFinding(s_found.Signature.Slug, 3);
        CampaignState state = CampaignState.Start with { DoneBelow = 8, Counts = counts, Elapsed = TimeSpan.FromSeconds(10), Found = ImmutableDictionary<string, FoundCase>.Empty.Add(s_found.Signature.Slug, s_found) };
        bool isEnding = false;
        CampaignRecord record = s_record with { Seed = 5, Targets = ["kernel", "il"], Count = 4048 };
        var text = new StatusText(record, CampaignRun.PlanOf(record), [], () => isEnding);
        CampaignRates rates = CampaignRates.Between(CampaignState.Start, state);

        Assert.That(text.Lines(state, rates), Is.EqualTo(new[]
        {
            "0:00:10: 2,000 programs, 48 left out with instructions that a target lacks, 200/s, 30.5 instructions on average, seed 5, 0:00:10 left",
            "kernel: 1,560 inputs/s, accepts 97.5 %, 99 % of its runs compared, 1 inconclusive",
            "  49 × InvalidStackAccess: off N",
            "il: 1,560 inputs/s, accepts 100 %",
            "coverage: 0 of 182 rows, 0 of 1575 with classes of numbers, 0 with kinds of pointers and scalars",
            "1 kind of findings",
            $"  3 × {s_found.Signature.Slug}: wrong",
        }));
        Assert.That(text.Line(state, rates), Is.EqualTo("0:00:10, 2,000 programs, 200/s; kernel accepts 97.5 %; 0 of 182 rows; 1 kind of findings; 0:00:10 left"));
        Assert.That(text.LastLines(state, _ => null).First(), Does.EndWith(", seed 5"));

        isEnding = true;
        counts.Findings.Clear();
        Assert.That(text.Lines(state, rates).First(), Does.EndWith(", seed 5, ending, when what was found is filed (Ctrl-C: at once)"));
        Assert.That(text.Lines(state, rates).Last(), Is.EqualTo($"  not counted yet: {s_found.Signature.Slug}: wrong"));
    }

    [Test]
    public void Folder_OfAFinding_SaysWhyItIsNotFiledUntilItIs()
    {
        using var folder = new TemporaryFolder();
        FoundCase unfiled = s_found with { WhyNotFiled = "the filer failed\nat X" };
        FoundCase filed = s_found with { Files = s_found.Files.Add("signature", $"{s_found.Signature}\n") };

        string?[] said = [.. ((FoundCase[])[s_found, unfiled, s_found, filed, unfiled]).Select(found =>
        {
            FindingFolder.Write(folder.FullName, found);
            return FindingFolder.WhyNotFiled(folder.FullName, found);
        })];

        Assert.That(said, Is.EqualTo(new[] { "the campaign ended before; 'bpfconf fuzz --resume' files it", "the filer failed", "the filer failed", null, null }));
    }

    [Test]
    public void Folder_OfAFindingThatIsFiledAfterAll_HasNothingOfBefore()
    {
        using var folder = new TemporaryFolder();
        FoundCase unfiled = s_found with { WhyNotFiled = "it comes and goes", Files = s_found.Files.Add("case.asm", "exit\n") };

        FindingFolder.Write(folder.FullName, unfiled);
        FindingFolder.Write(folder.FullName, s_found with { Files = s_found.Files.Add("signature", $"{s_found.Signature}\n").Add("case.vector", "-- asm\n") });

        Assert.That(Directory.GetFiles(FindingFolder.PathOf(folder.FullName, s_found)).Select(Path.GetFileName), Is.EquivalentTo(new[] { "case.vector", "finding.txt", "signature" }));
    }

    [Test]
    public void Folder_ThatAReductionHasFiled_KeepsItsFiles()
    {
        using var folder = new TemporaryFolder();
        string path = Directory.CreateDirectory(FindingFolder.PathOf(folder.FullName, s_found)).FullName;
        foreach (string name in (string[])["case.vector", "signature"]) File.WriteAllText(Path.Combine(path, name), "filed\n");

        foreach (FoundCase found in (FoundCase[])[s_found, s_found with { WhyNotFiled = "it comes and goes" }]) FindingFolder.Write(folder.FullName, found);

        Assert.That(Directory.GetFiles(path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "case.vector", "finding.txt", "signature" }));
    }

    [TestCase("", "not-filed.txt does not say why")]
    [TestCase("\n \u001b[2Jgone\r\nat X", "[2Jgone")]
    [TestCase("a\0", "holds bytes that are no text, expected UTF-8")]
    public void Folder_WithAReasonThatSomebodyElseWrote_IsStillShown(string text, string reason)
    {
        using var folder = new TemporaryFolder();
        FindingFolder.Write(folder.FullName, s_found with { WhyNotFiled = "it comes and goes" });
        File.WriteAllText(Path.Combine(FindingFolder.PathOf(folder.FullName, s_found), "not-filed.txt"), text);

        string said = FindingFolder.WhyNotFiled(folder.FullName, s_found)!;

        Assert.That(said.TrimEnd(), Does.EndWith(reason));
        Assert.That(said.Any(char.IsControl), Is.False);
    }

    [TestCase("kernel", "the campaign ended before, and what broke the kernel is not run again")]
    [TestCase("worker:kernel", "the campaign ended before, and what broke the kernel is not run again")]
    [TestCase("il", "the campaign ended before; 'bpfconf fuzz --resume' files it")]
    public void Folder_OfACrashThatWasLeft_SaysWhetherItIsRunAgain(string target, string why)
    {
        using var folder = new TemporaryFolder();
        Assert.That(FindingFolder.WhyNotFiled(folder.FullName, s_found with { Signature = new FindingSignature("crash", target, string.Empty, "Status") }), Is.EqualTo(why));
    }

    [Test]
    public void FindingThatIsNotFiled_IsSaidToBeInAllLists()
    {
        using var folder = new TemporaryFolder();
        using (var database = new CampaignDatabase(Path.Combine(folder.FullName, "campaigns.db")))
        {
            database.Save(database.Add(s_record, s_now), CampaignState.Start with { Found = CampaignState.Start.Found.Add(s_found.Signature.Slug, s_found) }, s_now);
        }

        FindingFolder.Write(folder.FullName, s_found with { WhyNotFiled = "it comes and goes" });
        CampaignState state = CampaignState.Start with { Found = CampaignState.Start.Found.Add(s_found.Signature.Slug, s_found) };

        Assert.That(Bpfconf.Run("triage", "list", "--findings", folder.FullName).Output, Does.EndWith("  new  not filed: it comes and goes\n"));
        Assert.That(Bpfconf.Run("triage", "show", "state", "--findings", folder.FullName).Output, Does.Contain("\nfiled: no: it comes and goes\n"));
        Assert.That(
            new StatusText(s_record, CampaignRun.PlanOf(s_record), [], () => false).LastLines(state, found => FindingFolder.WhyNotFiled(folder.FullName, found)).TakeLast(2),
            Is.EqualTo(new[] { $"  not counted yet: {s_found.Signature.Slug}: wrong; not filed: it comes and goes", "1 kind of findings not filed; 'bpfconf triage list' says of each why" }));
    }

    [TestCase("90", 90)]
    [TestCase("90s", 90)]
    [TestCase("5m", 300)]
    [TestCase("1.5h", 5400)]
    public void Time_AsItIsTyped_IsSeconds(string text, double seconds) => Assert.That(TimeText.TryParse(text)?.TotalSeconds, Is.EqualTo(seconds));

    [TestCase("")]
    [TestCase("s")]
    [TestCase("1hm")]
    [TestCase("-1s")]
    [TestCase("9999999h")]
    public void Time_ThatIsNone_IsNone(string text) => Assert.That(TimeText.TryParse(text), Is.Null);

    [Test]
    public void Database_ThatAnotherProgramKeeps_IsAUsageError()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.FullName, "campaigns.db");
        using (new CampaignDatabase(file))
        {
        }

        using var other = new SqliteConnection($"Data Source={file};Pooling=False");
        other.Open();
        using SqliteTransaction kept = other.BeginTransaction();

        Assert.That(
            () => new CampaignDatabase(file, patience: TimeSpan.FromSeconds(1)),
            Throws.TypeOf<UsageException>().With.Message.EqualTo($"the database '{file}' is in use by another program, which does not let go of it"));
    }
}
