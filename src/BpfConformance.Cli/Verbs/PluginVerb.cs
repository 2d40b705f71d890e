using System.CommandLine;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Bytecode;
using BpfConformance.Targets.Plugin.Older;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf plugin</c>: a target as a plug-in of the older suite's runner.</summary>
internal static class PluginVerb
{
    private const string Name = "plugin";

    /// <summary>That runner gives the memory before its <c>--plugin_options</c>: there the verb is the second word.</summary>
    public static IReadOnlyList<string> Reordered(IReadOnlyList<string> args) =>
        args is [{ } memory, Name, ..] && OlderText.IsBytes(memory) ? [.. args.Skip(1), memory] : args;

    public static Command Create()
    {
        var memory = new Argument<string>("MEMORY") { Description = "Bytes in hexadecimal digits; it may also stand before the verb", Arity = ArgumentArity.ZeroOrOne };
        var name = new Option<string>("--target") { Description = "The target that runs the program", HelpName = "NAME", Required = true };
        var command = new ExampleCommand(
            Name,
            "Be a plug-in of bpf_conformance: read a program in hexadecimal digits from standard input, run it, and print r0.",
            "echo 'b7 00 00 00 2a 00 00 00  95 00 00 00 00 00 00 00' | bpfconf plugin --target reference",
            "bpf_conformance_runner --test_file_directory tests --plugin_path bpfconf --plugin_options 'plugin --target reference'")
        {
            memory, name,
        };
        command.SetExitCodes("it returned", "it was rejected, or faulted");
        command.SetAction(parsed =>
        {
            using IExecutionTarget target = WorkerVerb.TargetNamed(parsed.GetRequiredValue(name));
            byte[] program = HexText.Parse(Console.In.ReadToEnd(), "standard input");
            (string? result, string? error) = OlderGuest.Run(target, program, HexText.Parse(parsed.GetValue(memory) ?? string.Empty, "MEMORY"));
            if (error is not null) parsed.InvocationConfiguration.Error.WriteLine(error);
            else parsed.InvocationConfiguration.Output.WriteLine(result);
            return error is null ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }
}
