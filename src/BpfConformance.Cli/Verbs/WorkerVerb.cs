using System.CommandLine;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using BpfConformance.Targets.Plugin;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf worker</c>: serves a target to a host on standard input and output.</summary>
internal static class WorkerVerb
{
    public static Command Create()
    {
        var name = new Option<string>("--target") { Description = "The target that is served", HelpName = "NAME", Required = true };
        var command = new ExampleCommand(
            WorkerCommand.Verb,
            "Serve a target on standard input and output, as conformance/PROTOCOL.md describes; --target worker:NAME starts it.",
            "bpfconf worker --target reference",
            "bpfconf run --target plugin:out/bpfconf --plugin-args 'worker --target reference'    # the same as worker:reference")
        {
            name,
        };
        command.SetExitCodes("it was told to end");
        command.SetAction(parsed =>
        {
            using IExecutionTarget target = TargetNamed(parsed.GetRequiredValue(name));
            using Stream input = Console.OpenStandardInput();
            using Stream output = Console.OpenStandardOutput();
            new PluginServer(target, input, output).Serve();
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>A target of this process.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    /// <exception cref="TargetException">It is not available here.</exception>
    public static IExecutionTarget TargetNamed(string name)
    {
        TargetEntry entry = TargetRegistry.All.FirstOrDefault(each => each.Name == name)
            ?? throw new UsageException($"there is no target '{name}', expected one of {string.Join(", ", TargetRegistry.All.Select(each => each.Name))}");
        return entry.WhyUnavailable() is { } reason
            ? throw new TargetException($"{entry.Name} is not available: {reason}")
            : entry.Create();
    }
}
