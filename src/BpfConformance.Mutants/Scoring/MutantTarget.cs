using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Targets.InProcess;

namespace BpfConformance.Mutants.Scoring;

/// <summary>A machine with a defect, as a target that says nothing of it.</summary>
public sealed class MutantTarget(string name, HandlerTable handlers) : IExecutionTarget
{
    private readonly ReferenceTarget _machine = new(handlers);

    public string Name => name;

    public TargetCapabilities Capabilities => _machine.Capabilities;

    /// <summary>Instructions after which a run is ended, when the request allows more: defects make endless loops.</summary>
    public long InstructionBudget { get; set; } = long.MaxValue;

    public LoadResult Load(LoadRequest request) => _machine.Load(
        request with { InstructionBudget = Math.Min(request.InstructionBudget, InstructionBudget) });

    public void Dispose() => _machine.Dispose();
}
