using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>The reference and the kernel, for one thread.</summary>
internal sealed class MapMachines : IDisposable
{
    private readonly ReferenceTarget _reference = new();
    private readonly KernelTarget _kernel;

    public MapMachines() => _kernel = KernelTarget.Create(_reference);

    public SequenceRunner Load(MapSequence about) => new(_reference, _kernel, about.ToRequest());

    public void Dispose()
    {
        _kernel.Dispose();
        _reference.Dispose();
    }
}
