using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Targets.InProcess;

/// <summary>A register that a step changed.</summary>
/// <param name="Register">Which.</param>
/// <param name="Value">What it holds now.</param>
public readonly record struct RegisterChange(Register Register, ulong Value);

/// <summary>Follows the runs of a case on the sanitised reference instruction by instruction: those of its own, of programs that packets meet, and of timers.</summary>
public static class ReferenceTrace
{
    /// <param name="request">What is loaded.</param>
    /// <param name="inputs">What is run.</param>
    /// <param name="contextBytes">The most bytes that a context has.</param>
    /// <param name="observer">Is told of it.</param>
    /// <returns>Why there is no program to follow; <c>null</c>: there was.</returns>
    public static ValidationError? Run(LoadRequest request, ReadOnlySpan<RunInput> inputs, int contextBytes, ITraceObserver observer) =>
        Run(request, inputs, contextBytes, new ChangeReport(observer));

    /// <summary>The same for who looks at the machine itself.</summary>
    internal static ValidationError? Run(LoadRequest request, ReadOnlySpan<RunInput> inputs, int contextBytes, IStepObserver observer)
    {
        InterpretedProgram? reference = InterpretedProgram.TryLoad(
            PinnedMaps.Resolve(request.Program, request.Maps), request.Maps, request.DataBytes, HandlerTable.Sanitized, out ValidationError? error);
        if (reference is null) return error;

        using var program = new TracedProgram(reference, observer);
        var player = new InputPlayer(program, request);
        var unseen = new ObservationBatch();
        unseen.Reset(inputs.Length, request.ObservedBytes, contextBytes: contextBytes);
        player.Begin(inputs);
        for (int input = 0; input < inputs.Length; input++)
        {
            program.Input = input;
            player.Take(inputs[input], unseen, input);
            if (request.IsSequence && unseen.EndSequenceAfter(input)) break;
        }

        return null;
    }
}
