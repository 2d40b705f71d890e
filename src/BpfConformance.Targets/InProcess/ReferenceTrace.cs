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

/// <summary>Follows a run of the sanitised reference instruction by instruction.</summary>
public static class ReferenceTrace
{
    /// <summary>Runs once and calls <paramref name="step"/> after each instruction with its pc and the registers that it changed.</summary>
    /// <exception cref="TargetException">The reference does not load the program.</exception>
    public static void Run(LoadRequest request, RunInput input, Action<int, IReadOnlyList<RegisterChange>> step)
    {
        using InterpretedProgram program = InterpretedProgram.TryLoad(
            request.Program.Instructions.AsSpan(),
            request.Maps,
            request.Program.Type,
            request.DataBytes,
            HandlerTable.Sanitized,
            out ValidationError? error) ?? throw new TargetException(error!.Message); // no program: there is an error

        var before = new ulong[MachineLimits.RegisterCount];
        var changes = new List<RegisterChange>();
        int pending = -1;
        program.Trace(input.Data.Span, request.InstructionBudget, pc =>
        {
            if (pending >= 0) Report();
            else Registers(program).CopyTo(before);
            pending = pc;
        });
        if (pending >= 0) Report();

        void Report()
        {
            ReadOnlySpan<ulong> now = Registers(program);
            changes.Clear();
            for (int r = 0; r < now.Length; r++)
            {
                if (now[r] != before[r]) changes.Add(new RegisterChange((Register)r, now[r]));
            }

            now.CopyTo(before);
            step(pending, changes);
        }
    }

    private static unsafe ReadOnlySpan<ulong> Registers(InterpretedProgram program)
    {
        Machine* machine = program.Memory.Machine;
        return new ReadOnlySpan<ulong>(machine->Registers, MachineLimits.RegisterCount);
    }
}
