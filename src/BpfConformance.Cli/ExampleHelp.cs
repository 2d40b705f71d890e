using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace BpfConformance.Cli;

/// <summary>A verb with examples, which <c>--help</c> shows after everything else.</summary>
/// <param name="name">The verb.</param>
/// <param name="description">One sentence.</param>
/// <param name="examples">Whole command lines, each with a <c>#</c> comment.</param>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;

    /// <summary>How long it may take to end by itself when it is interrupted.</summary>
    public TimeSpan Grace { get; set; } = Interruption.UsualGrace;
}

/// <summary>The usual help, and then the examples.</summary>
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
        output.WriteLine("Examples:");
        foreach (string example in verbs.SelectMany(each => command is RootCommand ? each.Examples.Take(1) : each.Examples))
        {
            output.WriteLine($"  {example}");
        }

        return result;
    }
}
