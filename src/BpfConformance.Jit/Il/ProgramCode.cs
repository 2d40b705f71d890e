using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Jit.Il;

/// <summary>What the functions of programs have in common while they are compiled.</summary>
internal sealed class ProgramCode(
    Instruction[] slots, ControlFlow flow, FunctionSet functions, MachineMemory memory, ProgramContexts? contexts, JitOptions options)
{
    public ReadOnlySpan<Instruction> Slots => slots;

    public ControlFlow Flow => flow;

    public FunctionSet Functions => functions;

    public MachineMemory Memory => memory;

    /// <summary>Of the programs, where there are any that may be touched.</summary>
    public ProgramContexts? Contexts => contexts;

    /// <summary>What runs one program after the other; <c>null</c>: there are no tail calls.</summary>
    public ProgramLoop? Loop { get; } = flow.HasTailCalls ? new ProgramLoop(functions.Programs) : null;

    public JitOptions Options => options;

    /// <summary>Whether calls have to look at how many frames there are.</summary>
    public bool CountsFrames { get; } = CallDepth.MayExceedFrames(slots, functions);

    public bool CallsHelpers { get; } = slots.Any(
        slot => slot.Opcode == Opcodes.CallX || (slot.Opcode == Opcodes.Call && !JumpTargets.IsLocalCall(slot)));

    /// <summary>Whether a call may move the packet, or change its length.</summary>
    public bool ChangesPacket => memory.CanChangePacket;

    /// <summary>Whether a callee may have ended the run.</summary>
    public bool CanEndEarly => options.IsChecked || options.IsMetered || CallsHelpers || CountsFrames;
}
