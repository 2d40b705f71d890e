using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using BpfConformance.Abi;
using BpfConformance.Cli.Verbs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Cli;

/// <summary>The edge of the process: arguments in, lines and an exit code out, never a stack trace.</summary>
public static class CommandLine
{
    /// <summary>Set it to anything to see the stack trace of an internal error; a campaign's worker, whose last words become a finding, says where it was in any case.</summary>
    private const string DebugVariable = "BPFCONF_DEBUG";

    [SuppressMessage("Design", "CA1031", Justification = "The edge of the process: whatever happened becomes one sentence.")]
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        try
        {
            // Words that begin with @ are ours: --memory @FILE.
            ParseResult parsed = Root().Parse(PluginVerb.Reordered(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
            Command command = parsed.CommandResult.Command;
            string? unknown = command.Subcommands.Count > 0 || !command.TreatUnmatchedTokensAsErrors || args.Contains("--") ? null : UnknownOption(parsed);
            if (parsed.Action is ParseErrorAction || unknown is not null)
            {
                IEnumerable<string> messages = command.Subcommands.Count > 0 ? [LackOfVerb(command, parsed.UnmatchedTokens)]
                    : unknown is not null ? [$"there is no option '{unknown}'; a file of that name is ./{unknown}"]
                    : parsed.Errors.Select(MessageOf);
                foreach (string message in messages) error.WriteLine($"bpfconf: {message}");
                error.WriteLine($"bpfconf: '{NameOf(command)} --help' shows the usage");
                return ExitCode.Usage;
            }

            var verb = command as ExampleCommand;
            using var interruption = new Interruption(error, verb?.Grace ?? Interruption.UsualGrace, verb?.Hurry);
            var configuration = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return parsed.InvokeAsync(configuration, interruption.Token).GetAwaiter().GetResult();
        }
        catch (Exception trouble) when (trouble is BpfFormatException or UsageException or TargetException)
        {
            error.WriteLine($"bpfconf: {trouble.Message}");
            return ExitCode.Usage;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            // A reader that has seen enough (bpfconf … | head) is no error of ours, but there is nobody to tell either.
            error.WriteLine($"bpfconf: {trouble.Message}");
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("bpfconf: interrupted");
            return ExitCode.Interrupted;
        }
        catch (Exception bug)
        {
            bool isDebug = Environment.GetEnvironmentVariable(DebugVariable) is not null;
            error.WriteLine($"bpfconf: internal error: {(isDebug ? bug : $"{bug.GetType().Name}: {bug.Message}")}");
            if (!isDebug && args is [FuzzWorkerVerb.Name, ..]) error.WriteLine(StackText.Of(bug));
            return ExitCode.Internal;
        }
    }

    private static string LackOfVerb(Command command, IReadOnlyList<string> words) =>
        $"there is no {(words.Count > 0 ? $"verb '{words[0]}'" : "verb")}, expected one of {string.Join(", ", command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name))}";

    /// <summary>What would be an option, and was taken for an argument; <c>null</c>: nothing. A dash alone is standard input.</summary>
    private static string? UnknownOption(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens.Select(token => token.Value))
            .Concat(parsed.UnmatchedTokens)
            .FirstOrDefault(word => word.Length > 1 && word[0] == '-');

    /// <summary>Says which number was expected; the library would name the type.</summary>
    private static string MessageOf(ParseError wrong) =>
        wrong.SymbolResult is OptionResult { Option: { } option, Tokens: [{ Value: var word }] } && NumberOf(option.ValueType) is { } number
            ? $"{option.Name} {word}: expected {number}"
            : wrong.Message;

    private static string? NumberOf(Type type) =>
        type == typeof(int) ? $"a whole number, at most {int.MaxValue}"
        : type == typeof(long?) ? "a whole number"
        : type == typeof(double?) ? "a number"
        : null;

    /// <summary>As it is typed: a verb within a verb has both names.</summary>
    private static string NameOf(Command command) => command switch
    {
        RootCommand => "bpfconf",
        _ => $"{NameOf(command.Parents.OfType<Command>().First())} {command.Name}",
    };

    /// <summary>The verbs, in the order of the help.</summary>
    private static RootCommand Root()
    {
        var root = new RootCommand("The conformance suite for eBPF virtual machines.");
        foreach (Command verb in (Command[])
            [RunVerb.Create(), ExecVerb.Create(), AsmVerb.Create(), DisasmVerb.Create(), TargetsVerb.Create(), BenchVerb.Create(), CoverageVerb.Create(), MutantsVerb.Create(), GridVerb.Create(), WorkerVerb.Create(), PluginVerb.Create(), FuzzVerb.Create(), ReplayVerb.Create(), ReduceVerb.Create(), TriageVerb.Create(), FuzzWorkerVerb.Create()])
        {
            root.Add(verb);
        }

        return ExampleHelp.AddTo(root);
    }
}
