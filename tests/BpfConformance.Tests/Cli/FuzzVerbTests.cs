using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Cli.Campaigns;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Targets.Campaigns;
using BpfConformance.Targets.Kernel;
using BpfConformance.Tests.Targets.Plugin;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>Campaigns of real workers.</summary>
internal sealed class FuzzVerbTests
{
    private const string ExamplePlugin = "src/plugins/example_plugin.py";

    private TemporaryFolder _folder = new();

    [SetUp]
    public void Begin()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there are no workers");
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void End() => _folder.Dispose();

    [TestCase("--profile", "nothing", "there is no profile 'nothing', expected one of valid, boundary, stress, malformed, sweep, mutate")]
    [TestCase("--seed", "-1", "--seed -1: expected a whole number, at most 18446744073709551615")]
    [TestCase("--count", "0", "--count 0: expected a whole number from 1 on")]
    [TestCase("--time", "5x", "--time 5x: expected a time such as 90s, 5m or 2h")]
    [TestCase("--workers", "0", "--workers 0: expected a number from 1 to 1024")]
    [TestCase("--inputs", "0", "--inputs 0: expected a number from 1 to 4096")]
    [TestCase("--case-timeout", "0", "--case-timeout 0: expected a time such as 90s, 5m or 2h")]
    [TestCase("--target", "nothing", "there is no target 'nothing', expected one of reference, il, x64, kernel, worker:NAME, plugin:PATH")]
    [TestCase("--jit-harden", "--count=1", "--jit-harden is for the kernel, which is none of the targets")]
    [TestCase("--db", "README.md", "'README.md' is no database of campaigns, or a broken one")]
    [TestCase("--resume", "--time=1s", "there is no campaign in 'nowhere': there is no file 'nowhere/campaigns.db'")]
    public void Options_ThatCannotBe_AreOneSentence(string option, string value, string message)
    {
        Invocation run = Bpfconf.Run("fuzz", option, value, "--findings", "nowhere");

        Assert.That((run.Code, run.Error), Is.EqualTo((2, $"bpfconf: {message}\n")));
        Assert.That(Directory.Exists("nowhere"), Is.False);
    }

    [Test]
    public void Campaign_OfASeed_HasTheSameProgramsWithThreeWorkersAsWithOne()
    {
        Invocation one = Fuzz("one", "--workers", "1", "--target", "x64", "--seed", "5", "--count", "800");
        Invocation three = Fuzz("three", "--workers", "3", "--target", "x64", "--seed", "5", "--count", "800");

        Assert.That((one.Code, three.Code), Is.EqualTo((0, 0)), one.Error + three.Error);
        CampaignState state = StateOf("one");
        Assert.That((state.Counts.Programs, state.Counts.Targets["x64"].Inputs), Is.EqualTo((800, 6400)));
        Assert.That(StateOf("three").Counts.Digest, Is.EqualTo(state.Counts.Digest).And.Not.Zero);
        Assert.That(one.Output, Does.Contain("800 programs").And.Contain("seed 5").And.Contain("\nx64: ").And.Contain("\nno findings\n"));
    }

    [Test]
    public void Plugin_ThatIsWrong_IsFoundAndCanBeKnown()
    {
        Python.Need();
        string plugin = _folder.WriteProgram("buggy", File.ReadAllText(Repository.PathOf(ExamplePlugin)).Replace("0xa: lambda a, b: a ^ b", "0xa: lambda a, b: a | b", StringComparison.Ordinal));

        Invocation run = Fuzz("found", "--workers", "1", "--target", $"plugin:{plugin}", "--seed", "1", "--count", "150");

        Assert.That(run.Code, Is.EqualTo(1), run.Error);
        CampaignState state = StateOf("found");
        Assert.That(state.Found.Values.Select(found => (found.Signature.Oracle, found.Signature.Target)).Distinct(), Is.EqualTo(new[] { ("state", "buggy") }));
        Assert.That(state.Counts.Findings.Values.Sum(), Is.GreaterThan(1), "many programs, few kinds");
        foreach ((string slug, FoundCase found) in state.Found)
        {
            Assert.That(found.Signature.Form, Does.StartWith("xor32"), "no other instruction is wrong");
            Assert.That(File.ReadAllText(Path.Combine(FolderOf("found"), slug, "README.md")), Does.Contain($"bpfconf replay {slug} --target plugin:{plugin}\n"));
            Assert.That(File.ReadAllText(Path.Combine(FolderOf("found"), slug, "finding.txt")), Does.Contain($"case: valid:1:{found.Case.Index}\n").And.Contain($"program: {found.Program}\n"));
        }

        Assert.That(Triage("list").Code, Is.EqualTo(1));
        foreach (string slug in state.Found.Keys) Assert.That(Triage("known", slug, "--reason", "on purpose", "--until", "2999-12-31").Code, Is.Zero);
        Assert.That(Triage("list"), Has.Property("Code").Zero.And.Property("Output").Contains("known until 2999-12-31: on purpose"));
        Assert.That(Fuzz("found", "--workers", "1", "--target", $"plugin:{plugin}", "--seed", "1", "--count", "150").Code, Is.Zero, "it finds nothing new");

        string lost = state.Found.Keys.First();
        Directory.Delete(Path.Combine(FolderOf("found"), lost), recursive: true);
        Assert.That(Triage("list").Output, Does.Contain("not filed: the campaign ended before; 'bpfconf fuzz --resume' files it\n"));
        Invocation resumed = Bpfconf.Run("fuzz", "--findings", FolderOf("found"), "--workers", "1", "--resume", "1");
        Assert.That(Invocation.Unwrapped(resumed.Error), Does.Contain("bpfconf: the campaign had ended before all was filed that it found; that comes first (1 to run again)"));
        Assert.That(resumed.Output, Does.Contain(": 150 programs"));
        Assert.That(Invocation.Unwrapped(resumed.Output), Does.EndWith("is complete (150 programs); nothing to resume"));
        Assert.That(File.Exists(Path.Combine(FolderOf("found"), lost, "case.vector")));
        Assert.That(Triage("list").Output, Does.Not.Contain("not filed"));
        Assert.That(Triage("show", lost).Output, Does.Contain("\nfiled: yes\n"));
    }

    [Test]
    public void Worker_ThatDidNotExpectSomething_SaysWhereThatWas()
    {
        using var worker = new CampaignWorker(["fuzz-worker", "--target", "x64", "--seed", "1", "--journal", Path.Combine(_folder.FullName, "journal")], new CaseJournal(Path.Combine(_folder.FullName, "journal")), hasNamespaces: false);
        worker.Send(new CaseRange(0, "no such profile", 0, 1));

        while (worker.End is null) worker.Receive(TimeSpan.FromSeconds(30));

        Assert.That(worker.End.Errors, Does.StartWith("bpfconf: internal error: InvalidOperationException: ").And.Contain("\nat BpfConformance.Engine.Campaigns.RangeRunner.Run("));
    }

    [Test]
    public void Known_WithAReasonOfTwoLines_HasOneInTheList()
    {
        Fuzz("found", "--workers", "1", "--target", "x64", "--seed", "5", "--count", "1");
        using var database = new CampaignDatabase(Path.Combine(FolderOf("found"), CampaignDatabase.FileName));
        FoundCase found = new(new FindingSignature("state", "x64", string.Empty, "R0"), new CaseId("valid", 5, 0), "wrong", string.Empty);
        database.Save(1, CampaignState.Start with { Found = ImmutableDictionary<string, FoundCase>.Empty.Add(found.Signature.Slug, found) }, DateTime.UtcNow);

        Invocation empty = Triage("known", "state-", "--reason", "\n ", "--until", "2999-12-31");
        Invocation known = Triage("known", "state-", "--reason", "on\npurpose\n", "--until", "2999-12-31");

        Assert.That((empty.Code, empty.Error), Is.EqualTo((2, "bpfconf: --reason says nothing\n")));
        Assert.That((known.Code, known.Output), Is.EqualTo((0, $"{found.Signature.Slug}: known until 2999-12-31: on purpose\n")));
        Assert.That(Triage("list").Output, Does.Contain("  known until 2999-12-31: on purpose  not filed: "));
    }

    [Test]
    public void Database_InTheFolderThatIsMadeForFindings_IsMadeInIt()
    {
        string file = Path.Combine(FolderOf("few"), "mine.db");

        Invocation run = Fuzz("few", "--db", file, "--workers", "1", "--target", "x64", "--count", "1");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(file, Does.Exist);
    }

    /// <summary>Changed programs may have what a plug-in lacks, though no generator writes it: they are not lost, and time is not waited for.</summary>
    [Test]
    public void Cases_ThatATargetCannotRun_AreToldToBeLeftOut()
    {
        Python.Need();
        Invocation run = Bpfconf.Run("fuzz", "--findings", FolderOf("few"), "--profile", "mutate", "--target", $"plugin:{Repository.PathOf(ExamplePlugin)}", "--workers", "1", "--seed", "1", "--count", "60");

        Assert.That(run.Code, Is.Zero, run.Error);
        long leftOut = 60 - StateOf("few").Counts.Programs;
        Assert.That(leftOut, Is.Positive);
        Assert.That(run.Output.ReplaceLineEndings(" "), Does.Contain($": {60 - leftOut} programs, {leftOut} left out with instructions that a target lacks, "));
    }

    [Test]
    public void Plugin_ThatEndsItsWorkerOnce_IsOneFindingAndTheRestIsDone()
    {
        Python.Need();
        string flag = Path.Combine(_folder.FullName, "flag");
        string plugin = _folder.WriteProgram("killer", File.ReadAllText(Repository.PathOf(ExamplePlugin)).Replace(
            "    _, _, budget, maps = ",
            $"""
                import os
                load.count = getattr(load, "count", 0) + 1
                if load.count == 20 and not os.path.exists("{flag}"):
                    open("{flag}", "w")
                    os.kill(os.getppid(), 31)  # which .NET leaves alone
                _, _, budget, maps = 
            """,
            StringComparison.Ordinal));

        Invocation run = Fuzz("killed", "--workers", "1", "--target", $"plugin:{plugin}", "--seed", "1", "--count", "60");

        Assert.That(run.Code, Is.EqualTo(1), run.Error);
        CampaignState state = StateOf("killed");
        FoundCase found = state.Found.Values.Single();
        Assert.That($"{found.Signature}", Does.Match(@"^crash \| (killer|oracles) \|  \| SIGSYS$"), "oracles run cases, too");
        Assert.That(found.Text, Does.Match(@"^the worker was ended by signal 31 \(SIGSYS\) while (killer|oracles) had the case"));
        Assert.That((state.Counts.Programs, state.DoneBelow, state.Lost.Length, state.Counts.Targets["killer"].Accepted), Is.EqualTo((60, 1, 0, 59)));
        Assert.That(state.Counts.Findings.Values, Is.EqualTo(new[] { 1L }));
    }

    [TestCase("worker:kernel", true)]
    [TestCase("kernel", false)]
    public void Kernel_InAWorkerOfItsOwn_IsToldToBeAskedLess(string target, bool isTold)
    {
        if (KernelTarget.WhyUnavailable() is { } why) Assert.Ignore(why);

        Invocation run = Fuzz("kernel", "--workers", "1", "--target", target, "--seed", "1", "--count", "1");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(
            run.Error.StartsWith("bpfconf: what the verifier of worker:kernel believes is not looked at; that of\n         kernel is, and a campaign's workers are processes of their own\n", StringComparison.Ordinal),
            Is.EqualTo(isTold),
            run.Error);
    }

    private Invocation Fuzz(string folder, params string[] args) => Bpfconf.Run(["fuzz", "--findings", FolderOf(folder), "--profile", "valid", .. args]);

    private Invocation Triage(string verb, params string[] args) => Bpfconf.Run(["triage", verb, "--findings", FolderOf("found"), .. args]);

    private string FolderOf(string name) => Path.Combine(_folder.FullName, name);

    private CampaignState StateOf(string folder)
    {
        using var database = new CampaignDatabase(Path.Combine(FolderOf(folder), CampaignDatabase.FileName));
        return database.StateOf(database.Ids[^1]); // a campaign has run
    }

    [Test]
    public void Resume_OfACampaignThatIsComplete_SaysSoAndAnswersAsItDid()
    {
        Fuzz("two", "--workers", "1", "--target", "x64", "--seed", "5", "--count", "20");
        Fuzz("two", "--workers", "1", "--target", "il", "--seed", "6", "--count", "30");

        Invocation last = Resume();
        Invocation first = Resume("1");
        Invocation more = Resume("1", "--count", "25");

        Assert.That((last.Code, Invocation.Unwrapped(last.Output), last.Error), Is.EqualTo((0, $"campaign 2 in '{FolderOf("two")}' is complete (30 programs); nothing to resume", string.Empty)));
        Assert.That((first.Code, Invocation.Unwrapped(first.Output)), Is.EqualTo((0, $"campaign 1 in '{FolderOf("two")}' is complete (20 programs); nothing to resume")));
        Assert.That((more.Code, more.Error), Is.EqualTo((0, "bpfconf: campaign 1 goes on after 20 programs: seed 5, profiles valid, targets\n         reference,x64\n")));
        Assert.That(more.Output, Does.Contain("25 programs").And.Contain("seed 5"));
        using var database = new CampaignDatabase(Path.Combine(FolderOf("two"), CampaignDatabase.FileName));
        FoundCase found = new(new FindingSignature("state", "il", string.Empty, "R0"), new CaseId("valid", 6, 0), "wrong", string.Empty);
        CampaignState state = database.StateOf(2);
        database.Save(2, state with { Found = state.Found.Add(found.Signature.Slug, found) }, DateTime.UtcNow);
        Assert.That(Resume("2").Code, Is.EqualTo(1), "it has found something");
    }

    [TestCase(5, 0)]
    [TestCase(0, 21)]
    [TestCase(-1, 0)]
    public void Resume_OfADatabaseThatNamesOtherCases_IsRefused(long range, long next)
    {
        Fuzz("two", "--workers", "1", "--target", "x64", "--seed", "5", "--count", "20");
        using var database = new CampaignDatabase(Path.Combine(FolderOf("two"), CampaignDatabase.FileName));
        database.Save(1, database.StateOf(1) with { DoneBelow = 0, Parts = ImmutableSortedDictionary<long, long>.Empty.Add(range, next) }, DateTime.UtcNow);

        Invocation run = Resume();

        Assert.That((run.Code, Invocation.Unwrapped(run.Error)), Is.EqualTo((2, $"bpfconf: the database of '{FolderOf("two")}' is damaged: it names cases that campaign 1 has not")));
    }

    [Test]
    public void Resume_OfACampaignThatHasHadItsTime_SaysHowToGiveItMore()
    {
        Fuzz("two", "--workers", "1", "--target", "x64", "--seed", "5", "--count", "20");
        using var database = new CampaignDatabase(Path.Combine(FolderOf("two"), CampaignDatabase.FileName));
        database.Resume(1, database.Find(1)! with { Count = null, Seconds = 10 });
        database.Save(1, database.StateOf(1) with { DoneBelow = 0, Elapsed = TimeSpan.FromSeconds(10) }, DateTime.UtcNow);

        Invocation run = Resume();

        Assert.That((run.Code, Invocation.Unwrapped(run.Output)), Is.EqualTo((0, $"campaign 1 in '{FolderOf("two")}' has had its time (0:00:10, 20 programs); --time TIME gives it more")));
        FoundCase found = new(new FindingSignature("state", "x64", string.Empty, "R0"), new CaseId("valid", 5, 0), "wrong", string.Empty);
        database.Save(1, database.StateOf(1) with { Counts = new CaseCounts(), Found = ImmutableDictionary<string, FoundCase>.Empty.Add(found.Signature.Slug, found) }, DateTime.UtcNow);
        Assert.That(Resume().Code, Is.EqualTo(1), "its first case has found something, and is not counted");
    }

    [Test]
    public void Campaign_WhoseTimeIsOver_SaysHowItGoesOnInLinesThatFit()
    {
        Invocation run = Fuzz("two", "--workers", "1", "--target", "x64", "--seed", "5", "--time", "0.5");

        Assert.That((run.Output + run.Error).Split('\n').Select(line => line.Length), Is.All.LessThanOrEqualTo(80));
        Assert.That(Invocation.Unwrapped(run.Error), Is.EqualTo($"bpfconf: time is over; 'bpfconf fuzz --findings {FolderOf("two")} --resume 1 --time TIME' goes on"));
    }

    [TestCase("--seed=4", "--resume goes on with campaign 1 in '{0}' (seed 5, profiles valid, targets reference,x64): --seed cannot be given")]
    [TestCase("--target=il", "--resume goes on with campaign 1 in '{0}' (seed 5, profiles valid, targets reference,x64): --target cannot be given")]
    [TestCase("--resume=2", "there is no campaign 2 in '{0}': there is 1")]
    public void Resume_OfWhatWasNotStarted_SaysWhatWas(string option, string message)
    {
        Fuzz("two", "--workers", "1", "--target", "x64", "--seed", "5", "--count", "20");

        Invocation run = option.StartsWith("--resume", StringComparison.Ordinal) ? Resume(option[9..]) : Resume(option);

        Assert.That((run.Code, run.Error), Is.EqualTo((2, $"bpfconf: {string.Format(CultureInfo.InvariantCulture, message, FolderOf("two"))}\n")));
    }

    /// <summary>With more again later, what is done beyond the smaller number would be done twice.</summary>
    [Test]
    public void Resume_WithLessThanIsDone_IsWrongUsage()
    {
        Fuzz("two", "--workers", "1", "--target", "x64", "--seed", "5", "--count", "20");
        using var database = new CampaignDatabase(Path.Combine(FolderOf("two"), CampaignDatabase.FileName));
        database.Resume(1, database.Find(1)! with { Count = 1000 });
        database.Save(1, database.StateOf(1) with { DoneBelow = 0, Parts = ImmutableSortedDictionary<long, long>.Empty.Add(2, 700) }, DateTime.UtcNow);

        Invocation run = Resume("--count", "600");

        Assert.That((run.Code, run.Error), Is.EqualTo((2, $"bpfconf: --count 600: expected at least 700, as far as a worker of campaign 1 in '{FolderOf("two")}' has come\n")));
    }

    [Test]
    public void Resume_OfWhatIsNoNumber_IsWrongUsage() =>
        Assert.That(Resume("one"), Has.Property("Code").EqualTo(2).And.Property("Error").StartsWith("bpfconf: --resume one: expected a whole number\n"));

    private Invocation Resume(params string[] args) => Bpfconf.Run(["fuzz", "--findings", FolderOf("two"), "--workers", "1", "--resume", .. args]);

    [Test]
    public void Folder_ThatIsAFile_IsAUsageError()
    {
        string file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, string.Empty);

        foreach (Invocation run in (Invocation[])[Fuzz("file", "--count", "1"), Bpfconf.Run("triage", "list", "--findings", file)])
        {
            Assert.That((run.Code, run.Error), Is.EqualTo((2, $"bpfconf: --findings {file}: expected a folder, that is a file\n")));
        }
    }

    [Test]
    public void Folder_ThatCannotBeWritten_IsAUsageErrorAndNoCampaignThatIsRunning()
    {
        string folder = FolderOf("found");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "journals"), string.Empty);

        Invocation run = Fuzz("found", "--target", "x64", "--count", "1");

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith($"bpfconf: nothing can be written to '{folder}': "));
    }

    [Test]
    public void Database_ThatIsAFolder_IsAUsageError()
    {
        Invocation run = Fuzz("found", "--db", _folder.FullName, "--count", "1");

        Assert.That((run.Code, run.Error), Is.EqualTo((2, $"bpfconf: the database '{_folder.FullName}' cannot be opened or made\n")));
    }
}
