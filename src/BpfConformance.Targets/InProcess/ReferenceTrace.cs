using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>A register that a step changed.</summary>
/// <param name="Register">Which.</param>
/// <param name="Value">What it holds now.</param>
public readonly record struct RegisterChange(Register Register, ulong Value);

/// <summary>Follows runs of the sanitised reference instruction by instruction.</summary>
public sealed class ReferenceTrace : IDisposable
{
    private readonly ObservationBatch _unseen = new();
    private readonly InterpretedProgram _program;
    private readonly LoadRequest _request;
    private bool _hasBegun;

    private ReferenceTrace(InterpretedProgram program, LoadRequest request) => (_program, _request) = (program, request);

    /// <param name="request">What is loaded.</param>
    /// <param name="error">Why there is no program to follow, when the result is <c>null</c>.</param>
    public static ReferenceTrace? TryLoad(LoadRequest request, out ValidationError? error)
    {
        InterpretedProgram? program = InterpretedProgram.TryLoad(
            request.Program, request.Maps, request.DataBytes, HandlerTable.Sanitized, out error);
        return program is null ? null : new ReferenceTrace(program, request);
    }

    /// <summary>
    /// Runs once and calls <paramref name="step"/> after each instruction with its pc and the registers that it changed; or takes a step of
    /// user space. Those of a sequence follow on each other.
    /// </summary>
    public void Run(RunInput input, Action<int, IReadOnlyList<RegisterChange>> step)
    {
        _program.Memory.KeepsMaps = _request.IsSequence && _hasBegun;
        _hasBegun = true;
        if (input.Step is { } taken)
        {
            _unseen.Reset(1, _request.ObservedBytes);
            SequencePlayer.Take(taken, _program, _unseen, 0);
            return;
        }

        var before = new ulong[MachineLimits.RegisterCount];
        var changes = new List<RegisterChange>();
        int pending = -1;
        _program.Trace(input.Data.Span, _request.InstructionBudget, pc =>
        {
            if (pending >= 0) Report();
            else Registers().CopyTo(before);
            pending = pc;
        }, input.Program, input.Context.Span);
        if (pending >= 0) Report();

        void Report()
        {
            ReadOnlySpan<ulong> now = Registers();
            changes.Clear();
            for (int r = 0; r < now.Length; r++)
            {
                if (now[r] != before[r]) changes.Add(new RegisterChange((Register)r, now[r]));
            }

            now.CopyTo(before);
            step(pending, changes);
        }
    }

    public void Dispose() => _program.Dispose();

    private unsafe ReadOnlySpan<ulong> Registers()
    {
        Machine* machine = _program.Memory.Machine;
        return new ReadOnlySpan<ulong>(machine->Registers, MachineLimits.RegisterCount);
    }
}
