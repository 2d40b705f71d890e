using System.CommandLine;
using System.Text.Json;
using BpfConformance.Cli.Campaigns;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting.Reproducers;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf fuzz-worker</c>: runs ranges of cases for a campaign, which starts it.</summary>
internal static class FuzzWorkerVerb
{
    public const string Name = "fuzz-worker";
    public const string SeedOption = "--seed";
    public const string JournalOption = "--journal";

    public static Command Create()
    {
        var targets = new TargetOptions(usual: FuzzVerb.UsualTargets);
        var limits = new LimitOptions();
        var seed = new Option<ulong>(SeedOption) { Required = true };
        var journal = new Option<string>(JournalOption) { Required = true };
        var command = new Command(Name, "Runs ranges of cases for 'bpfconf fuzz'.") { seed, journal };
        command.Hidden = true;
        targets.AddTo(command);
        limits.AddTo(command);
        command.SetAction(parsed =>
        {
            TargetSelection selection = targets.Selection(parsed);
            IReadOnlyList<IExecutionTarget> machines = selection.CreateForRunner();
            IReadOnlyList<IExecutionTarget> others = selection.CreateForRunner();
            using var file = new CaseJournal(parsed.GetRequiredValue(journal)) { Targets = [.. machines.Select(machine => machine.Name)] };
            try
            {
                Serve(machines, others, limits.Of(parsed, machines), parsed.GetRequiredValue(seed), file, targets.IsHardened(parsed), target => targets.OptionsFor(target, parsed));
                return ExitCode.Success;
            }
            finally
            {
                foreach (IExecutionTarget machine in machines.Concat(others)) machine.Dispose();
            }
        });
        return command;
    }

    private static void Serve(IReadOnlyList<IExecutionTarget> targets, IReadOnlyList<IExecutionTarget> others, GeneratorLimits limits, ulong seed, CaseJournal journal, bool isHardened, Func<string, string> optionsFor)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        using var output = new StreamWriter(Console.OpenStandardOutput());
        Send(new WorkerReady([.. targets.Select(target => new TargetVersion(target.Name, target.Capabilities.Version))]));
        var oracles = OracleSet.ForGeneratedOn(targets);
        var inspectors = InspectorSet.For(targets, others, journal.Ask);
        var filer = new ReducingFiler(targets, oracles, journal.Ask) { IsHardened = isHardened, OptionsFor = optionsFor };
        var runner = new RangeRunner(targets, oracles, inspectors, filer, journal, Send)
        {
            Profiles = Profiles.All,
            Seed = seed,
            Limits = limits,
            CanBreakMachine = CampaignRun.BreaksMachine(targets.Select(target => target.Name)),
        };
        while (input.ReadLine() is { } line)
        {
            CaseRange range = JsonSerializer.Deserialize(line, CampaignJson.Default.CaseRange) ?? throw new JsonException("a range is null");
            runner.Run(range);
        }

        void Send(WorkerMessage message)
        {
            output.WriteLine(message.ToLine());
            output.Flush();
        }
    }
}
