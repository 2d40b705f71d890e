using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using BpfConformance.Cli.Campaigns;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Generation;
using BpfConformance.Targets;
using BpfConformance.Targets.Kernel;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf fuzz</c>: a campaign of generated programs, with the targets held against the reference.</summary>
internal sealed class FuzzVerb
{
    private const int MaxWorkers = 1024;
    private const string SupervisedKernel = TargetRegistry.WorkerPrefix + TargetRegistry.KernelName;

    /// <summary>For what follows when the workers of a campaign have ended.</summary>
    private static readonly TimeSpan s_afterWorkers = TimeSpan.FromSeconds(5);

    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    // Not the kernel: a campaign on it can taint it, and is asked for by name.
    /// <summary>Whom campaigns and their workers ask where nobody is named: not the kernel.</summary>
    internal static readonly string[] UsualTargets = ["reference", "il", "x64"];

    private readonly TargetOptions _targets = new(usual: UsualTargets);
    private readonly LimitOptions _limits = new();
    private readonly DatabaseOptions _database = new();

    private readonly Option<string[]> _profiles = new("--profile")
    {
        Description = $"Kinds of programs, separated by commas: {string.Join(", ", Profiles.All.Select(profile => profile.Name))}. Default: all.",
        HelpName = "NAME,…",
    };

    private readonly Option<string> _seed = new("--seed") { Description = "What all programs follow from. Default: one of chance.", HelpName = "N" };
    private readonly Option<string> _time = new("--time") { Description = $"How long: {TimeText.Forms}. Default: until Ctrl-C.", HelpName = "TIME" };
    private readonly Option<string> _count = new("--count") { Description = "How many programs", HelpName = "N" };
    private readonly Option<int> _workers = new("--workers") { Description = "Processes that run programs: one for each processor, if not said", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly Option<string> _caseLimit = new("--case-timeout") { Description = $"How long a worker may take for a program, with all its runs: {TimeText.Forms}", HelpName = "TIME", DefaultValueFactory = _ => "30s" };

    private readonly Option<long?> _resume = new("--resume")
    {
        Description = "Go on with a campaign of the folder, where it ended: the last, or the one of this number",
        HelpName = "NUMBER",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private volatile bool _isHurried;

    private FuzzVerb()
    {
    }

    public static Command Create() => new FuzzVerb().Build();

    private ExampleCommand Build()
    {
        var command = new ExampleCommand(
            "fuzz",
            "Generate programs, run them on every target, and report where one is not as the reference.",
            "bpfconf fuzz --time 60s                          # reference, il and x64",
            "bpfconf fuzz --target kernel --profile valid --count 100000 --seed 1",
            "bpfconf fuzz --target plugin:./my-vm --time 5m",
            "bpfconf fuzz --resume                            # where it was interrupted")
        {
            _profiles, _seed, _time, _count, _workers, _caseLimit, _resume,
        };
        command.Grace = Campaign.EndLimit + s_afterWorkers;
        command.Hurry = () => _isHurried = true;
        command.SetExitCodes("nothing was found that 'bpfconf triage' does not know", "something was found, or the kernel was found broken", "no program ran, or a target is not available");
        _targets.AddTo(command);
        _limits.AddTo(command);
        _database.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        int workers = parsed.GetValue(_workers);
        if (workers is < 1 or > MaxWorkers) throw new UsageException($"{_workers.Name} {workers}: expected a number from 1 to {MaxWorkers}");
        TimeSpan caseLimit = TimeOf(_caseLimit, parsed)!.Value; // it has a default
        return parsed.GetResult(_resume) is { Implicit: false } ? Resume(parsed, RunOf) : Begin(parsed, RunOf);

        int RunOf(CampaignDatabase database, long id, CampaignRecord record)
        {
            if (CampaignRun.BreaksMachine(record.Targets) && TargetRegistry.ProblemOfKernelWorkers is { } problem)
            {
                Terminal.WriteWrapped(error, "bpfconf: ", $"the kernel's workers have no namespaces of their own: {problem}");
            }

            if (record.Targets.Contains(SupervisedKernel))
            {
                Terminal.WriteWrapped(error, "bpfconf: ", $"what the verifier of {SupervisedKernel} believes is not looked at; that of {TargetRegistry.KernelName} is, and a campaign's workers are processes of their own");
            }

            using var run = new CampaignRun(_database.Folder(parsed), database, id, record) { Workers = workers, CaseLimit = caseLimit, IsHurried = () => _isHurried };
            return run.Run(Boot, parsed.InvocationConfiguration.Output, error, cancellation);
        }
    }

    /// <summary>A new campaign. Nothing is made before all that is asked for is known to be there.</summary>
    private int Begin(ParseResult parsed, Func<CampaignDatabase, long, CampaignRecord, int> run)
    {
        TargetSelection selection = _targets.Selection(parsed);
        if (selection.ReportMissing(parsed.InvocationConfiguration.Error) is { } missing) return missing;
        if (selection.ForRunner.Length < 2) throw new UsageException("there is nothing to hold against the reference: name another target");
        CampaignRecord record = RecordOf(parsed, selection);
        using JitHardening? hardening = _targets.Harden(parsed, selection);
        using CampaignDatabase database = _database.Open(parsed);
        return run(database, database.Add(record, DateTime.UtcNow), record);
    }

    /// <summary>One that has begun.</summary>
    private int Resume(ParseResult parsed, Func<CampaignDatabase, long, CampaignRecord, int> run)
    {
        using CampaignDatabase database = _database.OpenExisting(parsed);
        (long id, CampaignRecord record) = Resumed(database, parsed);
        using JitHardening? hardening = _targets.Harden(record.Arguments, record.Targets);
        return run(database, id, record);
    }

    /// <summary>Of this start of the machine; empty: it does not say.</summary>
    private static string Boot => File.Exists(BootFile) ? File.ReadAllText(BootFile).Trim() : string.Empty;

    private CampaignRecord RecordOf(ParseResult parsed, TargetSelection selection) => new(
        SeedOf(parsed),
        ProfilesOf(parsed),
        [.. selection.ForRunner.Select(entry => entry.Name)],
        [.. _targets.Arguments(parsed), .. _limits.Arguments(parsed)],
        CountOf(parsed),
        SecondsOf(parsed))
    {
        Boot = Boot,
    };

    /// <exception cref="UsageException">There is none, or it would be another.</exception>
    private (long Id, CampaignRecord Record) Resumed(CampaignDatabase database, ParseResult parsed)
    {
        string folder = _database.Folder(parsed);
        List<long> ids = database.Ids;
        if (ids.Count == 0) throw new UsageException($"there is no campaign in '{folder}'");
        long id = parsed.GetValue(_resume) ?? ids[^1];
        CampaignRecord record = database.Find(id) ?? throw new UsageException($"there is no campaign {id} in '{folder}': there is {string.Join(", ", ids)}");
        RefuseOthers(parsed, $"campaign {id} in '{folder}' ({record.Text})");
        CampaignState state = database.StateOf(id);
        RangePlan plan = CampaignRun.PlanOf(record);
        if (!state.IsOf(plan)) throw new UsageException($"the database of '{folder}' is damaged: it names cases that campaign {id} has not");
        long? count = CountOf(parsed);
        long reached = state.Reached(plan);
        if (count < reached) throw new UsageException($"{_count.Name} {count}: expected at least {reached}, as far as a worker of campaign {id} in '{folder}' has come");
        double? seconds = SecondsOf(parsed) is { } more ? state.Elapsed.TotalSeconds + more : record.Seconds;
        return (id, record with { Count = count ?? record.Count, Seconds = seconds });
    }

    /// <summary>What a campaign was started with does not change.</summary>
    private void RefuseOthers(ParseResult parsed, string campaign)
    {
        string? other = ((Option[])[_profiles, _seed]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name
            ?? _targets.FirstGiven(parsed) ?? _limits.FirstGiven(parsed);
        if (other is not null) throw new UsageException($"{_resume.Name} goes on with {campaign}: {other} cannot be given");
    }

    private ulong SeedOf(ParseResult parsed)
    {
        if (parsed.GetValue(_seed) is not { } text) return BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw new UsageException($"{_seed.Name} {text}: expected a whole number, at most {ulong.MaxValue}");
    }

    private ImmutableArray<string> ProfilesOf(ParseResult parsed)
    {
        ImmutableArray<string> words = TargetSelection.Words(parsed.GetValue(_profiles));
        ImmutableArray<string> all = [.. Profiles.All.Select(profile => profile.Name)];
        return words.FirstOrDefault(word => !all.Contains(word)) is { } unknown
            ? throw new UsageException($"there is no profile '{unknown}', expected one of {string.Join(", ", all)}")
            : words.IsEmpty ? all : [.. words.Distinct()];
    }

    private long? CountOf(ParseResult parsed)
    {
        if (parsed.GetValue(_count) is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0
            ? count
            : throw new UsageException($"{_count.Name} {text}: expected a whole number from 1 on");
    }

    private double? SecondsOf(ParseResult parsed) => TimeOf(_time, parsed)?.TotalSeconds;

    private static TimeSpan? TimeOf(Option<string> option, ParseResult parsed) =>
        parsed.GetValue(option) is not { } text ? null : TimeText.TryParse(text) ?? throw new UsageException($"{option.Name} {text}: expected {TimeText.Expected}");
}
