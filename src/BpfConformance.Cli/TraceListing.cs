using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting;
using BpfConformance.Targets.InProcess;

namespace BpfConformance.Cli;

/// <summary>What <c>exec --trace</c> prints: each instruction that the reference executes, and the registers that it changed.</summary>
internal sealed class TraceListing(TestCase test, TextWriter output) : ITraceObserver
{
    private const int StepsShown = 10_000;

    private int _steps;
    private string _heading = string.Empty;

    public static void Write(TestCase test, TextWriter output)
    {
        RunInput[] inputs = [.. test.Inputs.Select(input => input.ForRun)];
        ValidationError? error = inputs.Length == 0 ? null : ReferenceTrace.Run(test.ToRequest(), inputs, test.ContextBytes, new TraceListing(test, output));
        if (error is not null) output.WriteLine($"nothing to trace: the reference does not load it: {error.Message}");
        else if (inputs.Length == 0) output.WriteLine("nothing to trace: the file has no runs");
    }

    public void Begin(int input, int program)
    {
        _steps = 0;
        bool isOfPacket = test.Inputs[input].Step is not null;
        string which = program >= test.Program.Count ? ", timers that call back" : isOfPacket ? $", program {test.Program[program].Name}" : string.Empty;
        _heading = $"trace of {InputText.Of(test, input)}{which}:";
    }

    public void Step(int pc, IReadOnlyList<RegisterChange> changes)
    {
        if (pc >= test.Program.Instructions.Length || ++_steps > StepsShown) return; // what calls timers back is no part of the case
        if (_steps == 1) output.WriteLine(_heading);
        output.WriteLine($"{pc,6}: {ProgramListing.Format(test, pc),-44} {string.Join(' ', changes.Select(change => $"{change.Register.ToString().ToLowerInvariant()}=0x{change.Value:x}"))}".TrimEnd());
    }

    public void End()
    {
        if (_steps > StepsShown) output.WriteLine($"… and {_steps - StepsShown} more steps");
    }
}
