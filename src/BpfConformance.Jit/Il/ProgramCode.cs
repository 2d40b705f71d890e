using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>What the functions of a program have in common while they are compiled.</summary>
internal sealed unsafe class ProgramCode(
    Instruction[] slots, ControlFlow flow, FunctionSet functions, MachineMemory memory, HotRegion* hot, JitOptions options)
{
    public ReadOnlySpan<Instruction> Slots => slots;

    public ControlFlow Flow => flow;

    public FunctionSet Functions => functions;

    public MachineMemory Memory => memory;

    public HotRegion* Hot => hot;

    public JitOptions Options => options;

    /// <summary>Whether calls have to look at how many frames there are.</summary>
    public bool CountsFrames { get; } = CallDepth.MayExceedFrames(slots, functions);

    public bool HasLoops { get; } = Enumerable.Range(0, slots.Length).Any(flow.IsLoop);

    public bool CallsHelpers { get; } = slots.Any(
        slot => slot.Opcode == Opcodes.CallX || (slot.Opcode == Opcodes.Call && !JumpTargets.IsLocalCall(slot)));

    /// <summary>Whether a callee may have ended the run.</summary>
    public bool CanEndEarly => options.IsChecked || options.IsMetered || CallsHelpers || CountsFrames;

    /// <summary>The distance from the r10 of one frame to that of the next.</summary>
    public ulong FrameDistance => memory.Address(Regions.Stack + 1, 0) - memory.Address(Regions.Stack, 0);

    /// <summary>r10 of the last frame that there is.</summary>
    public ulong LastFrame => memory.Address(Regions.Stack + MachineLimits.CallFrames - 1, MachineLimits.StackBytes);
}
