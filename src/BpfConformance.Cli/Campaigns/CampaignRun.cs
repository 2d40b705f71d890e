using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Cli.Verbs;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles;
using BpfConformance.Targets;
using BpfConformance.Targets.Campaigns;

namespace BpfConformance.Cli.Campaigns;

/// <summary>Runs a campaign of a database: a new one, or what is left of one.</summary>
/// <param name="folder">Of findings, which has the database.</param>
/// <param name="database">Where it is kept.</param>
/// <param name="id">Its number there.</param>
/// <param name="record">What it was started with.</param>
internal sealed class CampaignRun(string folder, CampaignDatabase database, long id, CampaignRecord record) : IDisposable
{
    /// <summary>What another process's lock is to .NET: EAGAIN of flock(2) on Linux, and ERROR_SHARING_VIOLATION.</summary>
    private const int HeldOnUnix = 11, HeldOnWindows = unchecked((int)0x80070020);

    private static readonly TimeSpan s_betweenSaves = TimeSpan.FromMilliseconds(500);

    private readonly FileStream _lock = Lock(folder, id);
    private readonly HashSet<(string Slug, FilingState State)> _filed = [];
    private long _saved = Stopwatch.GetTimestamp();

    public required int Workers { get; init; }

    public required TimeSpan CaseLimit { get; init; }

    /// <summary>As of <see cref="Campaign.IsHurried"/>.</summary>
    public Func<bool> IsHurried { get; init; } = () => false;

    private bool CanBreakMachine => BreaksMachine(record.Targets);

    /// <summary>Whether a program can bring down the machine on which these targets run.</summary>
    public static bool BreaksMachine(IEnumerable<string> targets) =>
        targets.Any(target => target is TargetRegistry.KernelName or TargetRegistry.WorkerPrefix + TargetRegistry.KernelName);

    /// <summary>Runs it, and says what came of it.</summary>
    /// <param name="boot">Of the machine's start, now.</param>
    /// <param name="output">For what came of it.</param>
    /// <param name="error">For how it goes on.</param>
    /// <param name="cancellation">Ends it.</param>
    public int Run(string boot, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        RangePlan plan = PlanOf(record);
        CampaignState start = database.StateOf(id).Continued(PlanOf(database.Find(id)!), plan); // it is kept there
        string? why = WhyNothingIsLeft(plan, start);
        if (why is not null && LeftOf(start).IsEmpty)
        {
            Terminal.WriteWrapped(output, $"campaign {id} in '{folder}' {why}");
            return CodeOf(start);
        }

        if (start.Counts.Programs > 0) Tell(error, $"campaign {id} goes on after {StatusText.Number(start.Counts.Programs)} programs: {record.Text}");
        var progress = new CampaignProgress(plan, start);
        ImmutableArray<CaseRange> careful = CanBreakMachine && (record.IsBroken || record.Boot != boot) ? OpenRanges(progress, hasGoneDown: record.Boot != boot) : [];
        if (!careful.IsEmpty) Tell(error, $"the machine went down, or was found broken: {careful.Length} open ranges are run again, case by case");
        database.Resume(id, record with { Boot = boot });
        Save(progress.State);
        ImmutableArray<CaseRange> left = LeftOf(progress.State);
        if (!left.IsEmpty) Tell(error, $"the campaign had ended before all was filed that it found; that comes first ({left.Length} to run again)");

        using KernelTaint? taint = CanBreakMachine ? new KernelTaint() : null;
        var campaign = new Campaign(new CampaignSettings(record.Targets, Workers, CaseLimit) { TimeLimit = why is null && record.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null }, progress, Start)
        {
            Careful = careful,
            Left = left,
            GoesOn = why is null,
            WhyBroken = () => taint?.Problem,
            IsHurried = IsHurried,
        };
        var text = new StatusText(record, plan, KnownNow(), () => campaign.IsEnding);
        CampaignEnd end;
        try
        {
            end = new CampaignDisplay(text, error).During(show => campaign.Run(() => Tick(progress, show), cancellation));
        }
        finally
        {
            if (campaign.Problem is { } problem) Break(progress, start, problem, error);
            EndJournals(isBroken: campaign.Problem is not null);
            Save(progress.State);
        }

        database.SetVersions(id, campaign.Versions);
        CampaignState state = progress.State;
        foreach (string line in text.LastLines(state, found => FindingFolder.WhyNotFiled(folder, found))) Terminal.WriteWrapped(output, line);
        if (why is not null) Terminal.WriteWrapped(output, $"campaign {id} in '{folder}' {why}");
        if (end != CampaignEnd.Done) Tell(error, $"{EndOf(end)}; 'bpfconf fuzz --findings {folder} --resume {id}{(state.Elapsed.TotalSeconds >= record.Seconds ? " --time TIME" : string.Empty)}' goes on");
        return end switch
        {
            CampaignEnd.Interrupted => ExitCode.Interrupted,
            CampaignEnd.Broken => ExitCode.Failure,
            CampaignEnd.Done or CampaignEnd.TimeOver => CodeOf(state),
        };
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>What a campaign does.</summary>
    /// <exception cref="UsageException">The database names a profile that there is not.</exception>
    public static RangePlan PlanOf(CampaignRecord record) =>
        new([.. record.Profiles.Select(name => Profiles.All.FirstOrDefault(profile => profile.Name == name) ?? throw new UsageException($"the database names a profile that there is not: '{name}'"))], record.Count);

    /// <summary>Why there is nothing to go on with; <c>null</c>: there is something.</summary>
    private string? WhyNothingIsLeft(RangePlan plan, CampaignState state)
    {
        string programs = $"{StatusText.Number(state.Counts.Programs)} programs";
        return plan[state.DoneBelow] is null ? $"is complete ({programs}); nothing to resume"
            : state.Elapsed.TotalSeconds >= record.Seconds ? $"has had its time ({StatusText.Time(state.Elapsed)}, {programs}); --time TIME gives it more"
            : null;
    }

    private static string EndOf(CampaignEnd end) => end switch
    {
        CampaignEnd.Done => "all is done",
        CampaignEnd.TimeOver => "time is over",
        CampaignEnd.Interrupted => "interrupted",
        CampaignEnd.Broken => "the campaign was stopped",
    };

    private static void Tell(TextWriter error, string text) => Terminal.WriteWrapped(error, "bpfconf: ", text);

    private int CodeOf(CampaignState state) =>
        state.Found.Keys.Except(KnownNow()).Any() ? ExitCode.Failure // also where its case is not counted yet
        : state.Counts.Programs == 0 ? ExitCode.NothingRan
        : ExitCode.Success;

    /// <summary>Kinds of findings that somebody has said may be.</summary>
    private ImmutableHashSet<string> KnownNow()
    {
        DateOnly today = DateOnly.FromDateTime(DateTime.UtcNow);
        return [.. database.Findings.Where(finding => !finding.IsNew(today)).Select(finding => finding.Found.Signature.Slug)];
    }

    private CampaignWorker Start(int seat)
    {
        string journal = JournalOf(seat);
        return new CampaignWorker([FuzzWorkerVerb.Name, .. record.Arguments, $"{FuzzWorkerVerb.SeedOption}={record.Seed}", $"{FuzzWorkerVerb.JournalOption}={journal}"], new CaseJournal(journal), CanBreakMachine);
    }

    private void Tick(CampaignProgress progress, Action<CampaignState> show)
    {
        CampaignState state = progress.State;
        show(state);
        if (Stopwatch.GetElapsedTime(_saved) >= s_betweenSaves) Save(state);
    }

    private void Save(CampaignState state)
    {
        database.Save(id, state, DateTime.UtcNow);
        foreach ((string slug, FoundCase found) in state.Found)
        {
            if (_filed.Add((slug, found.State))) FindingFolder.Write(folder, found);
        }

        _saved = Stopwatch.GetTimestamp();
    }

    /// <summary>Cases of this campaign with findings that nobody has come to file. What breaks a machine is not run again for that.</summary>
    private ImmutableArray<CaseRange> LeftOf(CampaignState state) =>
    [
        .. state.Found.Values
            .Where(found => FindingFolder.IsRunAgain(found) && found.Case.Seed == record.Seed && record.Profiles.Contains(found.Case.Profile))
            .Where(found => FindingFolder.StateOf(folder, found) == FilingState.Left)
            .Select(found => found.Case)
            .Distinct()
            .OrderBy(id => id.Index)
            .ThenBy(id => id.Profile, StringComparer.Ordinal)
            .Select((id, place) => CaseRange.OfAgain(place, id) with { IsCareful = CanBreakMachine }),
    ];

    /// <summary>What workers had in hand and is not done; where the machine went down in the middle of a case, that one is the finding.</summary>
    private ImmutableArray<CaseRange> OpenRanges(CampaignProgress progress, bool hasGoneDown)
    {
        var ranges = ImmutableArray.CreateBuilder<CaseRange>();
        foreach (string file in Journals)
        {
            using var journal = new CaseJournal(file);
            if (journal.Entry is not { } entry || entry.Case.Seed != record.Seed || progress.OpenRangeOf(entry) is not { } range) continue;
            if (hasGoneDown && entry is { Range.IsCareful: true, Stage: CaseStage.Running or CaseStage.Filing })
            {
                var signature = new FindingSignature(CrashOracle.OracleName, TargetRegistry.KernelName, string.Empty, "machine down");
                progress.Lose(range, new FoundCase(signature, entry.Case, "the machine went down with it", Convert.ToHexStringLower(entry.Program.Span)) { WhyNotFiled = "it is not run again" });
                journal.Clear();
            }

            if (range.Again is null) ranges.Add(range); // what is run again is chosen anew
        }

        return [.. ranges.DistinctBy(range => range.Number).Select(range => progress.LeftOf(range) with { IsCareful = true })];
    }

    /// <summary>The worker that was told first says with which program; when none has since the start, it is not known.</summary>
    private void Break(CampaignProgress progress, CampaignState start, string problem, TextWriter error)
    {
        Tell(error, problem);
        database.Break(id);
        if (progress.State.Found.Values.Any(found => !start.Found.ContainsKey(found.Signature.Slug) && found.Signature.Oracle == CrashOracle.OracleName && KernelTaint.IsIn(found.Text))) return;
        IEnumerable<JournalEntry> entries = Enumerable.Range(0, Workers).Select(EntryOf).OfType<JournalEntry>();
        if (entries.FirstOrDefault() is not { } first) return;
        string candidates = string.Join(", ", entries.Select(entry => $"{entry.Case.Profile}:{entry.Range.First} to {entry.Case.Index}"));
        var signature = new FindingSignature(CrashOracle.OracleName, TargetRegistry.KernelName, string.Empty, "tainted");
        progress.Found(new FoundCase(signature, first.Case, $"{problem} with one of {candidates}; --resume finds out", string.Empty) { WhyNotFiled = "it is not known which of them it is" });
    }

    /// <summary>Nothing is in hand any more, so that a later start of the machine says nothing of it; what is run with care stays so.</summary>
    private void EndJournals(bool isBroken)
    {
        foreach (string file in Journals)
        {
            using var journal = new CaseJournal(file);
            if (isBroken || journal.Entry is { Range.IsCareful: true }) journal.EndRange();
            else journal.Clear();
        }
    }

    private JournalEntry? EntryOf(int seat)
    {
        if (!File.Exists(JournalOf(seat))) return null;
        using var journal = new CaseJournal(JournalOf(seat));
        return journal.Entry;
    }

    private IEnumerable<string> Journals => Directory.EnumerateFiles(JournalFolder(folder), $"{id}-*").Order(StringComparer.Ordinal);

    private string JournalOf(int seat) => Path.Combine(JournalFolder(folder), $"{id}-{seat}");

    private static string JournalFolder(string folder) => Directory.CreateDirectory(Path.Combine(folder, "journals")).FullName;

    /// <exception cref="UsageException">It runs elsewhere, or nothing can be written there.</exception>
    private static FileStream Lock(string folder, long id)
    {
        FileStream? held = null;
        ReportOutputs.Guard(folder, at =>
        {
            try
            {
                held = new FileStream(Path.Combine(JournalFolder(at), $"lock-{id}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException trouble) when (trouble.HResult is HeldOnUnix or HeldOnWindows)
            {
                throw new UsageException($"the campaign in '{at}' is running");
            }
        });
        return held!; // or there was an exception
    }
}
