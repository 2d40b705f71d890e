using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Runtime.Execution;

/// <summary>
/// A program behind those of a case, which a machine runs when a run is over: it does nothing but call a helper, and that calls back the timers
/// whose time has come.
/// </summary>
public static class TimerProgram
{
    private static readonly ImmutableArray<Instruction> s_slots =
    [
        new(Opcodes.MoveImmediate64, 3, 0, 0), // nothing is given to callbacks,
        new(Opcodes.MoveImmediate64, 4, 0, 0), // and there are no flags
        new(Opcodes.Call, 0, 0, Callbacks.RunTimers),
        new(Opcodes.Exit, 0, 0, 0),
    ];

    /// <summary>The programs, and behind them this one if any of them says what a timer calls back.</summary>
    public static BpfProgram Behind(BpfProgram program) => !program.Calls(TimerHelpers.SetCallbackNumber) ? program : program with
    {
        Instructions = [.. program.Instructions, .. s_slots],
        Others = [.. program.Others, new ProgramPart("(timers)", program.Instructions.Length, program.Type, program.AttachType)],
    };

    /// <summary>The index of this one among the programs; negative: it is not there. No program of a case that was found right calls what it calls.</summary>
    public static int IndexIn(BpfProgram program) =>
        program.Instructions is [.., { Opcode: Opcodes.Call, Src: 0, Immediate: Callbacks.RunTimers }, _] ? program.Count - 1 : -1;
}
