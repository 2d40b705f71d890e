using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace BpfConformance.Cli;

/// <summary>The usual help, and then exit codes and examples.</summary>
internal sealed class ExampleHelp(SynchronousCommandLineAction usual) : SynchronousCommandLineAction
{
    public static RootCommand AddTo(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((SynchronousCommandLineAction)help.Action!); // the library gives it one
        return root;
    }

    public override int Invoke(ParseResult parseResult)
    {
        int result = usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        Command command = parseResult.CommandResult.Command;
        IEnumerable<ExampleCommand> verbs = command is ExampleCommand verb ? [verb] : command.Subcommands.OfType<ExampleCommand>();
        if (command is ExampleCommand { ExitCodes: { Count: > 0 } codes })
        {
            output.WriteLine("Exit codes:");
            foreach ((int code, string meaning) in codes) output.WriteLine($"  {code,-4} {meaning}");
            output.WriteLine();
        }

        output.WriteLine("Examples:");
        foreach (string example in verbs.SelectMany(each => command is RootCommand ? each.Examples.Take(1) : each.Examples))
        {
            output.WriteLine($"  {example}");
        }

        return result;
    }
}
