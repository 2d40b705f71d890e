using BpfConformance.Engine.Targets;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary>A target that ends runs soon: programs of chance, and engines with defects, go round for ever.</summary>
internal sealed class BudgetedTarget(IExecutionTarget target) : IExecutionTarget
{
    private const long Budget = 1 << 16;

    public string Name => target.Name;

    public TargetCapabilities Capabilities => target.Capabilities;

    public LoadResult Load(LoadRequest request) => target.Load(request with { InstructionBudget = Math.Min(request.InstructionBudget, Budget) });

    public void Dispose() => target.Dispose();
}
