using System.Buffers.Binary;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>What stands before a program that the kernel runs for all tasks, and that is to do nothing for any but this thread.</summary>
internal static class TaskGuard
{
    private const int GetCurrentPidTgid = 14;

    /// <summary>The instructions: r1 is behind them what it was, and r6 not needed any more.</summary>
    /// <param name="loader">Loads a program that asks which thread this is: what programs are told need not be the number that it has here.</param>
    /// <param name="results">A map for what it answers.</param>
    /// <exception cref="TargetException">There is no answer.</exception>
    public static Instruction[] OfThisThread(ProgramLoader loader, KernelMap results)
    {
        ulong thread = NumberOfThisThread(loader, results);
        return
        [
            Code.Move(Register.R6, Register.R1),
            Call,
            .. Code.Number(Register.R1, thread),
            Code.JumpIfEqual(Register.R0, Register.R1, 2),
            Code.MoveImmediate(Register.R0, 0),
            Code.Exit,
            Code.Move(Register.R1, Register.R6),
        ];
    }

    private static Instruction Call => new(Opcodes.Call, 0, 0, GetCurrentPidTgid);

    private static ulong NumberOfThisThread(ProgramLoader loader, KernelMap results)
    {
        Instruction[] program =
        [
            .. Code.MapValue(Register.R6, 0),
            Call,
            Code.Store(Register.R6, 0, Register.R0),
            Code.MoveImmediate(Register.R0, 0),
            Code.Exit,
        ];
        LoadAnswer answer = loader.Decide(program, AttachPoints.Of(ProgramType.RawTracepoint), [results.Fd]);
        using FileDescriptor loaded = answer.Program ?? throw new CallFailure("BPF_PROG_LOAD of who asks for its thread", answer.Errno).ToException();
        TestRun run = TestRun.Of(loaded, dataIn: [], dataOut: [], context: [], repeat: 0);
        if (run.Errno != 0) throw new CallFailure("BPF_PROG_TEST_RUN of who asks for its thread", run.Errno).ToException();
        return BinaryPrimitives.ReadUInt64LittleEndian(results.Memory);
    }
}
