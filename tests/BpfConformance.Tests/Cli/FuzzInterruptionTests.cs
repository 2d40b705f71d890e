using System.Diagnostics;
using System.Globalization;
using BpfConformance.Cli.Campaigns;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Tests.Targets.Plugin;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>Whatever ends a campaign or its workers, nothing is lost, and nothing is done twice.</summary>
internal sealed class FuzzInterruptionTests
{
    private TemporaryFolder _folder = new();

    [SetUp]
    public void Begin()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there are no workers");
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void End() => _folder.Dispose();

    [TestCase("KILL", 137)]
    [TestCase("INT", 130)]
    public void Campaign_ThatIsEnded_GoesOnWhereItWas(string signal, int code)
    {
        using Process campaign = Start();
        int[] workers = ChildrenOf(campaign.Id);

        Signal(campaign.Id, signal);

        Assert.That(campaign.WaitForExit(10_000), Is.True);
        Assert.That(campaign.ExitCode, Is.EqualTo(code));
        Assert.That(workers, Is.Not.Empty);
        Assert.That(() => workers.Any(worker => Directory.Exists($"/proc/{worker}")), Is.False.After(5_000, 20));

        int count = ALittleMore();
        Invocation rest = Bpfconf.Run("fuzz", "--resume", "--findings", _folder.FullName, "--workers", "2", "--count", $"{count}");

        Assert.That(rest.Code, Is.Zero, rest.Error);
        using var other = new TemporaryFolder();
        Bpfconf.Run("fuzz", "--findings", other.FullName, "--profile", "valid", "--target", "x64", "--seed", "3", "--count", $"{count}", "--workers", "1");
        CaseCounts counts = StateOf(_folder.FullName)!.Counts;
        CaseCounts uninterrupted = StateOf(other.FullName)!.Counts;
        Assert.That((counts.Programs, counts.Digest), Is.EqualTo((count, uninterrupted.Digest)));
        Assert.That(counts.Targets["x64"].Inputs, Is.EqualTo(8 * count));
        Assert.That(counts.Covered, Is.EquivalentTo(uninterrupted.Covered));
    }

    [Test]
    public void Worker_ThatIsKilled_IsOneFindingAndTheCampaignGoesOn()
    {
        using Process campaign = Start();
        long before = StateOf(_folder.FullName)!.DoneBelow;

        Signal(ChildrenOf(campaign.Id)[0], "KILL");

        Assert.That(() => StateOf(_folder.FullName)!.DoneBelow, Is.GreaterThan(before + 2).After(60_000, 50));
        Signal(campaign.Id, "INT");
        Assert.That(campaign.WaitForExit(10_000), Is.True);
        CampaignState state = StateOf(_folder.FullName)!;
        Assert.That(state.Found.Values.Select(found => $"{found.Signature}"), Has.One.StartsWith("crash | ").And.One.EndsWith(" | SIGKILL"));
        Assert.That(state.Counts.Findings.Values, Is.EqualTo(new[] { 1L }));
        using var database = new CampaignDatabase(Path.Combine(_folder.FullName, CampaignDatabase.FileName));
        Assert.That(state.Counts.Programs, Is.EqualTo(state.Cases(CampaignRun.PlanOf(database.Find(1)!))));
        Assert.That(state.Counts.Targets["x64"].Accepted, Is.EqualTo(state.Counts.Programs - 1));
    }

    [Test]
    public void Campaign_ThatIsEndedInAReduction_FilesAndCountsTheFinding()
    {
        using Process campaign = StartInAReduction(secondsOfALoad: 0.01);

        Signal(campaign.Id, "INT");

        Assert.That(campaign.WaitForExit(40_000), Is.True);
        Assert.That(campaign.ExitCode, Is.EqualTo(130));
        CampaignState state = StateOf(_folder.FullName)!;
        Assert.That(state.Counts.Findings.Keys, Is.EquivalentTo(state.Found.Keys));
        Assert.That(state.Found.Keys.Select(slug => Path.Combine(_folder.FullName, slug, "README.md")), Has.All.Exist);
    }

    [Test]
    public void Campaign_ThatIsEndedTwice_SaysWhatItHasFoundAndFilesNothing()
    {
        using Process campaign = StartInAReduction(secondsOfALoad: 1);

        Signal(campaign.Id, "INT");
        Assert.That(campaign.WaitForExit(1_000), Is.False, "a finding is filed");
        Signal(campaign.Id, "INT");

        Assert.That(campaign.WaitForExit(5_000), Is.True);
        Assert.That(campaign.ExitCode, Is.EqualTo(130));
        string said = campaign.StandardOutput.ReadToEnd();
        Assert.That(said, Does.Contain(" programs, ").And.Contain(", seed 3\n").And.Contain("\n1 kind of findings\n  not counted yet: state-slow-"));
        FoundCase found = StateOf(_folder.FullName)!.Found.Values.Single();
        Assert.That(Directory.GetFiles(Path.Combine(_folder.FullName, found.Signature.Slug)).Select(Path.GetFileName), Is.EqualTo(new[] { FindingFolder.FileName }));
    }

    [Test]
    public void Campaign_ThatIsRunning_IsNotResumed()
    {
        using Process campaign = Start();

        Invocation second = Bpfconf.Run("fuzz", "--resume", "--findings", _folder.FullName);
        Signal(campaign.Id, "KILL");

        Assert.That((second.Code, second.Error), Is.EqualTo((2, $"bpfconf: the campaign in '{_folder.FullName}' is running\n")));
        Assert.That(campaign.WaitForExit(10_000), Is.True);
    }

    [TestCase(true, 1)]
    [TestCase(false, 0)]
    public void Machine_ThatWentDownInACase_IsAFindingOnceThatCaseWasAlone(bool wasCareful, int code)
    {
        // Its workers have the reference alone: what counts here is what the campaign thinks of them.
        var record = new CampaignRecord(1, ["valid"], ["reference", "kernel"], ["--target=reference", "--inputs=1"], Count: 300, Seconds: null) { Boot = "before" };
        using var database = new CampaignDatabase(Path.Combine(_folder.FullName, CampaignDatabase.FileName));
        long id = database.Add(record, DateTime.UtcNow);
        using (var run = new CampaignRun(_folder.FullName, database, id, record) { Workers = 1, CaseLimit = TimeSpan.FromSeconds(60) })
        {
            using (var journal = new CaseJournal(Path.Combine(_folder.FullName, "journals", $"{id}-0")))
            {
                journal.BeginRange(new CaseRange(0, "valid", 0, 256) { IsCareful = wasCareful }, record.Seed, isKept: true);
                journal.BeginCase(17);
                journal.Run([], isKept: true);
            }

            var error = new StringWriter();
            Assert.That(run.Run("after", TextWriter.Null, error, CancellationToken.None), Is.EqualTo(code), $"{error}");
            Assert.That($"{error}", Does.StartWith("bpfconf: the machine went down, or was found broken: 1 open ranges are run\n         again, case by case\n"));
        }

        CampaignState state = StateOf(_folder.FullName)!;
        Assert.That(state.Found.Values.Select(found => $"{found.Signature} at {found.Case}"), Is.EqualTo(wasCareful ? new[] { "crash | kernel |  | machine down at valid:1:17" } : []));
        Assert.That((state.Counts.Programs, state.Counts.Targets["reference"].Accepted, state.DoneBelow), Is.EqualTo((300, wasCareful ? 299 : 300, 2)));
        Assert.That(database.Find(id)!.Boot, Is.EqualTo("after"));
    }

    [Test]
    public void Machine_ThatWentDownInACaseThatIsRunAgain_IsAFinding_AndThatCaseIsNotRunAThirdTime()
    {
        using var database = new CampaignDatabase(Path.Combine(_folder.FullName, CampaignDatabase.FileName));
        FoundCase left = Left("state", "kernel");
        using CampaignRun run = RunOfOneCase(database, left);
        using (var journal = new CaseJournal(Path.Combine(_folder.FullName, "journals", "1-0")))
        {
            journal.BeginRange(CaseRange.OfAgain(0, left.Case) with { IsCareful = true }, left.Case.Seed, isKept: true);
            journal.BeginCase(0);
            journal.Run([], isKept: true);
        }

        Assert.That(run.Run("after", TextWriter.Null, TextWriter.Null, CancellationToken.None), Is.EqualTo(1));

        CampaignState state = StateOf(_folder.FullName)!;
        Assert.That(state.Found.Values.Select(found => $"{found.Signature} at {found.Case}"), Is.EquivalentTo(new[] { "crash | kernel |  | machine down at valid:1:0", "state | kernel |  | R0 at valid:1:0" }));
        Assert.That((state.Counts.Programs, state.Lost.Length), Is.EqualTo((1, 0)));
        Assert.That(FindingFolder.WhyNotFiled(_folder.FullName, left), Is.EqualTo("when it was to be filed, the machine went down with it"));
    }

    [TestCase("x64", "its case was run again, and did not show it")]
    [TestCase("kernel", "the campaign ended before, and what broke the kernel is not run again")]
    public void Crash_ThatWasLeft_IsRunAgainUnlessTheKernelBroke(string target, string why)
    {
        using var database = new CampaignDatabase(Path.Combine(_folder.FullName, CampaignDatabase.FileName));
        FoundCase left = Left("crash", target);
        using CampaignRun run = RunOfOneCase(database, left);

        Assert.That(run.Run("before", TextWriter.Null, TextWriter.Null, CancellationToken.None), Is.EqualTo(1));

        Assert.That(FindingFolder.WhyNotFiled(_folder.FullName, left), Is.EqualTo(why));
    }

    private static FoundCase Left(string oracle, string target) => new(new FindingSignature(oracle, target, string.Empty, "R0"), new CaseId("valid", 1, 0), "wrong", string.Empty);

    /// <summary>A campaign whose one case was run, and has found something that is not filed. Its workers have the reference alone.</summary>
    private CampaignRun RunOfOneCase(CampaignDatabase database, FoundCase left)
    {
        var record = new CampaignRecord(1, ["valid"], ["reference", "kernel"], ["--target=reference", "--inputs=1"], Count: 1, Seconds: null) { Boot = "before" };
        long id = database.Add(record, DateTime.UtcNow);
        database.Save(id, CampaignState.Start with { DoneBelow = 1, Counts = new CaseCounts { Programs = 1 }, Found = CampaignState.Start.Found.Add(left.Signature.Slug, left) }, DateTime.UtcNow);
        return new CampaignRun(_folder.FullName, database, id, record) { Workers = 1, CaseLimit = TimeSpan.FromSeconds(60) };
    }

    /// <summary>A campaign of which something is kept already.</summary>
    private Process Start()
    {
        Process campaign = Start("x64");
        Assert.That(() => StateOf(_folder.FullName)?.DoneBelow ?? 0, Is.GreaterThan(0).After(60_000, 50));
        return campaign;
    }

    /// <summary>A campaign that has found something, and makes it small.</summary>
    private Process StartInAReduction(double secondsOfALoad)
    {
        Python.Need();
        string plugin = _folder.WriteProgram("slow", File.ReadAllText(Repository.PathOf("src", "plugins", "example_plugin.py"))
            .Replace("0xa: lambda a, b: a ^ b", "0xa: lambda a, b: a | b", StringComparison.Ordinal)
            .Replace("        check(program)\n", string.Create(CultureInfo.InvariantCulture, $"        import time\n        time.sleep({secondsOfALoad})\n        check(program)\n"), StringComparison.Ordinal));
        Process campaign = Start($"plugin:{plugin}");
        Assert.That(() => StateOf(_folder.FullName)?.Found.Count ?? 0, Is.Positive.After(60_000, 20));
        return campaign;
    }

    /// <summary>A campaign that does not end soon.</summary>
    private Process Start(string target) => Process.Start(new ProcessStartInfo(
        Path.Combine(AppContext.BaseDirectory, "bpfconf"),
        ["fuzz", "--findings", _folder.FullName, "--profile", "valid", "--target", target, "--seed", "3", "--count", "10000000", "--workers", "1"])
    {
        UseShellExecute = false,
        RedirectStandardOutput = true, // a few lines, at the end
    })!; // a program, not a document

    /// <summary>Programs of what was kept, and of some ranges behind it.</summary>
    private int ALittleMore() => (((int)StateOf(_folder.FullName)!.DoneBelow + 3) * RangePlan.CasesInRange) + 7;

    private static void Signal(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
    }

    private static int[] ChildrenOf(int process) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{process}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(word => int.Parse(word, CultureInfo.InvariantCulture)),
    ];

    private static CampaignState? StateOf(string folder)
    {
        string file = Path.Combine(folder, CampaignDatabase.FileName);
        if (!File.Exists(file)) return null;
        using var database = new CampaignDatabase(file);
        return database.Ids is [.., var last] ? database.StateOf(last) : null;
    }
}
