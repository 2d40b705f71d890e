using System.Collections.Immutable;
using System.CommandLine;
using BpfConformance.Cli.Campaigns;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Cases.Grids;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting.Reproducers;
using BpfConformance.Targets;
using BpfConformance.Targets.Kernel;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf replay</c>: whether findings are still there.</summary>
internal static class ReplayVerb
{
    /// <summary>For one finding: it is a small program, but a machine may not end.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private const string Folders = "a folder of a finding, or a folder of such folders";
    private const string Paths = $".vector, .data, .asm, .hex or .bin file, FILE.grid/MEMBER, {Folders}";

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = $"A {Paths}", Arity = ArgumentArity.OneOrMore };
        var targets = new TargetOptions();
        var command = new ExampleCommand(
            "replay",
            "Look whether findings are still there, and whether targets differ in cases.",
            "bpfconf replay corpus/findings",
            "bpfconf replay found.vector --target x64,kernel")
        {
            paths,
        };
        command.SetExitCodes("there is no difference", "there is a difference", "nothing ran, or not on a target that was asked for by name");
        targets.AddTo(command);
        command.SetAction(parsed =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            TargetSelection selection = targets.Selection(parsed).ForPrograms(areOfASuite: false, error);
            if (selection.ReportMissing(error) is { } missing) return missing;
            using JitHardening? hardening = targets.Harden(parsed, selection);
            ImmutableArray<ReplayResult> results = [.. parsed.GetRequiredValue(paths).SelectMany(path => Replay(path, selection))];
            foreach (ReplayResult result in results) parsed.InvocationConfiguration.Output.WriteLine($"{result.Folder}: {WordOf(result.State)}{(result.Detail.Length > 0 ? $": {result.Detail}" : string.Empty)}");
            return CodeOf(results);
        });
        return command;
    }

    private static int CodeOf(ImmutableArray<ReplayResult> results) =>
        results.Any(result => result.State == ReplayState.StillThere) ? ExitCode.Failure
        : results.Any(result => result.State == ReplayState.Broken) ? ExitCode.Usage
        : !results.Any(result => result.State is ReplayState.Gone or ReplayState.Quarantined) ? ExitCode.NothingRan
        : ExitCode.Success;

    private static IEnumerable<ReplayResult> Replay(string path, TargetSelection selection)
    {
        if (!Path.Exists(path) && !GridMember.IsNamed(path)) throw new UsageException($"{path}: no such file or folder, expected a {Paths}");
        if (!Directory.Exists(path)) return ReplayFile(path, selection);
        var replay = new FindingReplay(
            name => name == FindingReplay.ReferenceName ? TargetRegistry.All[0].Create() : selection.Available.FirstOrDefault(entry => entry.Name == name)?.Create(), s_limit);
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        ReplayResult[] results = [.. FiledFinding.In(path).Select(folder => replay.Run(folder, today)), .. Unfiled(path)];
        return results.Length > 0 ? results : [new ReplayResult(path, ReplayState.NotAsked, $"no finding is in it, expected {Folders}")];
    }

    /// <summary>What a campaign has seen, and had not the time to make small, or whose target must not be asked again.</summary>
    private static IEnumerable<ReplayResult> Unfiled(string path) => Directory.EnumerateFiles(path, FindingFolder.FileName, SearchOption.AllDirectories)
        .Select(file => Path.GetDirectoryName(file)!) // a file is in a folder
        .Where(folder => !FiledFinding.Is(folder))
        .Order(StringComparer.Ordinal)
        .Select(folder => new ReplayResult(folder, ReplayState.NotAsked, "it was seen, and not filed: its case can be replayed as a file"));

    private static IEnumerable<ReplayResult> ReplayFile(string file, TargetSelection selection)
    {
        TestCase test = ProgramFile.Read(file, data: null, []);
        IReadOnlyList<IExecutionTarget> targets = selection.CreateForRunner();
        try
        {
            Experiment experiment = new ExperimentRunner(targets).Run(test);
            return [.. selection.Asked(CaseJudge.ForOneCase.Judge(experiment)).Select(result => new ReplayResult($"{file} on {result.Target}", StateOf(result), result.Reason))];
        }
        finally
        {
            foreach (IExecutionTarget target in targets) target.Dispose();
        }
    }

    private static ReplayState StateOf(CaseResult result) => result.Status switch
    {
        CaseStatus.Failed => ReplayState.StillThere,
        CaseStatus.Passed or CaseStatus.LegalDivergence => ReplayState.Gone,
        CaseStatus.Unsupported or CaseStatus.Inconclusive => ReplayState.NotAsked,
        CaseStatus.Deviates => ReplayState.Quarantined,
    };

    private static string WordOf(ReplayState state) => state switch
    {
        ReplayState.Gone => "no difference",
        ReplayState.StillThere => "a difference",
        ReplayState.Quarantined => "put aside",
        ReplayState.NotAsked => "not asked",
        ReplayState.Broken => "cannot be told",
    };
}
