using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>The reference and the kernel, for one thread.</summary>
internal sealed class MapMachines : IDisposable
{
    public MapMachines() => Kernel = KernelTarget.Create(Reference);

    public ReferenceTarget Reference { get; } = new();

    public KernelTarget Kernel { get; }

    public SequenceRunner Load(MapSequence about) => new(Reference, Kernel, about.ToRequest());

    public void Dispose()
    {
        Kernel.Dispose();
        Reference.Dispose();
    }
}
