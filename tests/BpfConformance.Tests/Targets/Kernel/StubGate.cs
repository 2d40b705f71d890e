using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Stands for the reference: says what a test tells it to, of programs that are known to be harmless.</summary>
internal sealed class StubGate : IExecutionTarget
{
    /// <summary>What it was last asked to load.</summary>
    public LoadRequest? Loaded { get; private set; }

    /// <summary>How often it was asked.</summary>
    public int Loads { get; private set; }

    /// <summary>What it says of the run with that index; by default that it returned.</summary>
    public Func<int, Observation> Says { get; init; } = _ => Observation.Nothing;

    public Verdict Verdict { get; init; } = Verdict.Accepted;

    public string Name => "stub";

    public TargetCapabilities Capabilities { get; } = new(
        "0", ImmutableSortedSet<ConformanceGroup>.Empty, CpuVersion.V4, ImmutableSortedSet<ProgramType>.Empty, 0, []);

    public LoadResult Load(LoadRequest request)
    {
        (Loaded, Loads) = (request, Loads + 1);
        return new LoadResult(Verdict, Verdict.Kind == VerdictKind.Accepted ? new Program(this) : null);
    }

    public void Dispose()
    {
    }

    private sealed class Program(StubGate gate) : ILoadedProgram
    {
        public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
        {
            for (int i = 0; i < inputs.Length; i++) into[i] = gate.Says(i);
        }

        public void Dispose()
        {
        }
    }
}
