using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;

namespace BpfConformance.Harnesses;

/// <summary>A machine that takes every program and runs none: what is left is how it is spoken to.</summary>
internal sealed class AcceptingTarget : IExecutionTarget
{
    private static readonly TargetCapabilities s_everything = new ReferenceTarget().Capabilities;

    public string Name => "accepting";

    public TargetCapabilities Capabilities => s_everything;

    public LoadResult Load(LoadRequest request) => new(Verdict.Accepted, new Accepted());

    public void Dispose()
    {
    }

    private sealed class Accepted : ILoadedProgram
    {
        public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
        {
        }

        public void Dispose()
        {
        }
    }
}
