using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Findings;

/// <summary>A target whose runs end sooner: programs from which something was left out often go round without an end.</summary>
/// <param name="target">The target; it stays the caller's.</param>
/// <param name="isFragile">Whether it is a kernel whose verifier some programs break when they are loaded: those with functions that are called back, or tail calls, in which something was left out or changed (6.18: "No program to jit", "callback unexpected regs").</param>
internal sealed class LimitedTarget(IExecutionTarget target, bool isFragile) : IExecutionTarget
{
    private const int TailCall = 12;

    public string Name => target.Name;

    public TargetCapabilities Capabilities => target.Capabilities;

    /// <summary>Instructions after which a run is ended, when the request allows more.</summary>
    public long Budget { get; set; } = long.MaxValue;

    public LoadResult Load(LoadRequest request) => isFragile && MayBreak(request.Program)
        ? throw new TargetException("not asked: programs like this one, when something in them is left out or changed, break the kernel's verifier")
        : target.Load(request with { InstructionBudget = Math.Min(request.InstructionBudget, Budget) });

    public void Dispose()
    {
    }

    private static bool MayBreak(BpfProgram program) => program.Calls(TailCall) || program.Instructions.Any(slot => JumpTargets.IsCodeAddress(slot));
}
