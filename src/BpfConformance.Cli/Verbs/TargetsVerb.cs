using System.CommandLine;
using BpfConformance.Abi.Helpers;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using BpfConformance.Targets.Kernel;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf targets</c>: what is there, what it can do, and why something is not.</summary>
internal static class TargetsVerb
{
    public static Command Create()
    {
        var targets = new TargetOptions();
        var all = new Option<bool>("--all") { Description = "Ask everything: map types, helpers, flags, too" };
        var command = new ExampleCommand(
            "targets",
            "List the targets with versions and capabilities, and say why something is not available.",
            "bpfconf targets",
            "bpfconf targets --target kernel --all")
        {
            all,
        };
        command.SetExitCodes("some target is available", nothingRan: "none is");
        targets.AddTo(command);
        command.SetAction(parsed =>
        {
            TargetSelection selection = targets.Selection(parsed);
            using JitHardening? hardening = targets.Harden(parsed, selection);
            TextWriter output = parsed.InvocationConfiguration.Output;
            foreach (TargetEntry entry in selection.Available) Write(entry, parsed.GetValue(all), output);
            foreach (var missing in selection.Unavailable) output.WriteLine($"{missing.Name}: not available: {missing.Reason}");
            return selection.Available.IsEmpty ? ExitCode.NothingRan : ExitCode.Success;
        });
        return command;
    }

    private static void Write(TargetEntry entry, bool all, TextWriter output)
    {
        using IExecutionTarget target = entry.Create();
        TargetCapabilities can = target.Capabilities;
        output.WriteLine($"{entry.Name} {can.Version}: {entry.Description}");
        Terminal.WriteWrapped(output, "  groups   ", string.Join(", ", can.Groups.Select(group => Vocabulary.Groups[group])));
        Terminal.WriteWrapped(output, "  cpu      ", Vocabulary.CpuVersions[can.Cpu]);
        Terminal.WriteWrapped(output, "  types    ", string.Join(", ", can.Types.Select(type => Vocabulary.ProgramTypes[type])));
        string notRun = string.Join(", ", can.OnlyLoaded.Select(type => Vocabulary.ProgramTypes[type]));
        if (notRun.Length > 0) Terminal.WriteWrapped(output, "  not run  ", $"{notRun}: programs of these types are only loaded, unless steps attach them in the network");
        Terminal.WriteWrapped(output, "  memory   ", $"at most {can.MaxDataBytes} bytes");
        Terminal.WriteWrapped(output, "  helpers  ", HelpersOf(can));
        WriteProbes(all ? [.. entry.ProbeEverything(target)] : can.Probes, output);
        output.WriteLine();
    }

    private static void WriteProbes(IReadOnlyCollection<CapabilityProbe> probes, TextWriter output)
    {
        const string Name = "probe";
        int width = probes.Select(probe => probe.Name.Length).Append(Name.Length).Max();
        output.WriteLine($"  {Name.PadRight(width)} available detail");
        foreach (CapabilityProbe probe in probes)
        {
            Terminal.WriteWrapped(output, $"  {probe.Name.PadRight(width)} {(probe.Available ? "yes" : "no"),-9} ", probe.Detail.ReplaceLineEndings(" "));
        }
    }

    private static string HelpersOf(TargetCapabilities can) =>
        can.Helpers.Count == HelperTable.Count ? "those of Linux, as far as its verdict lets them"
        : can.Helpers.IsEmpty ? "none of Linux's"
        : string.Join(", ", can.Helpers.Select(helper => $"{HelperTable.NameOf(helper)} ({helper})"));
}
