using System.CommandLine;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Cli.Campaigns;

/// <summary>The options with which verbs are told how large generated cases are.</summary>
internal sealed class LimitOptions
{
    private const int MaxInputs = 4096;
    private const int MaxInstructions = 4096;

    private readonly Option<int> _inputs = new("--inputs") { Description = "Runs of each program", HelpName = "N", DefaultValueFactory = _ => 8 };

    private readonly Option<int> _instructions = new("--instructions")
    {
        Description = "Instructions that a program has on average, where its profile leaves that open",
        HelpName = "N",
        DefaultValueFactory = _ => 30,
    };

    public void AddTo(Command command)
    {
        command.Add(_inputs);
        command.Add(_instructions);
    }

    /// <exception cref="UsageException">There are no such cases.</exception>
    public GeneratorLimits Of(ParseResult parsed, IEnumerable<IExecutionTarget> targets) =>
        GeneratorLimits.Of([.. targets.Select(target => target.Capabilities)]) with
        {
            Inputs = Checked(_inputs, parsed.GetValue(_inputs), MaxInputs),
            Instructions = Checked(_instructions, parsed.GetValue(_instructions), MaxInstructions),
        };

    /// <summary>The same options for another process of this program.</summary>
    /// <exception cref="UsageException">There are no such cases.</exception>
    public IEnumerable<string> Arguments(ParseResult parsed) =>
    [
        $"{_inputs.Name}={Checked(_inputs, parsed.GetValue(_inputs), MaxInputs)}",
        $"{_instructions.Name}={Checked(_instructions, parsed.GetValue(_instructions), MaxInstructions)}",
    ];

    /// <summary>What of it is given; <c>null</c>: nothing.</summary>
    public string? FirstGiven(ParseResult parsed) =>
        ((Option[])[_inputs, _instructions]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    private static int Checked(Option option, int value, int most) =>
        value >= 1 && value <= most ? value : throw new UsageException($"{option.Name} {value}: expected a number from 1 to {most}");
}
