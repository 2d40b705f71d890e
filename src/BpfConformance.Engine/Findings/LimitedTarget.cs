using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Findings;

/// <summary>A target whose runs end sooner: programs from which something was left out often go round without an end.</summary>
/// <param name="target">The target; it stays the caller's.</param>
internal sealed class LimitedTarget(IExecutionTarget target) : IExecutionTarget
{
    public string Name => target.Name;

    public TargetCapabilities Capabilities => target.Capabilities;

    /// <summary>Instructions after which a run is ended, when the request allows more.</summary>
    public long Budget { get; set; } = long.MaxValue;

    public LoadResult Load(LoadRequest request) => target.Load(request with { InstructionBudget = Math.Min(request.InstructionBudget, Budget) });

    public void Dispose()
    {
    }
}
