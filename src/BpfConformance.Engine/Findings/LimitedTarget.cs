using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Findings;

/// <summary>A target whose runs end sooner: programs from which something was left out often go round without an end.</summary>
/// <param name="target">The target; it stays the caller's.</param>
/// <param name="isFragile">Whether it is a kernel, whose verifier some programs break when they are loaded: those with functions that are called back, or tail calls, in which something was left out or changed.</param>
internal sealed class LimitedTarget(IExecutionTarget target, bool isFragile) : IExecutionTarget
{
    private const int TailCall = 12;

    public string Name => target.Name;

    public TargetCapabilities Capabilities => target.Capabilities;

    /// <summary>Instructions after which a run is ended, when the request allows more.</summary>
    public long Budget { get; set; } = long.MaxValue;

    /// <summary>The program that somebody asks about as it is; <c>null</c>: all are changed.</summary>
    public BpfProgram? Given { get; set; }

    /// <summary>Whether that the verifier finds itself wrong is what is looked for, and no harm.</summary>
    public bool MayWarn { get; set; }

    public LoadResult Load(LoadRequest request) => isFragile && !ReferenceEquals(request.Program, Given) && MayBreak(request.Program)
        ? throw new TargetException("not asked: programs like this one, when something in them is left out or changed, break the kernel's verifier")
        : target.Load(request with { InstructionBudget = Math.Min(request.InstructionBudget, Budget) });

    public void Dispose()
    {
    }

    /// <summary>Of tail calls it writes outside its memory (6.18, __mark_chain_precision); of functions that are called back it says so, and refuses them ("No program to jit", "callback unexpected regs").</summary>
    private bool MayBreak(BpfProgram program) => program.Calls(TailCall) || (!MayWarn && program.Instructions.Any(slot => JumpTargets.IsCodeAddress(slot)));
}
