using BpfConformance.Targets.Kernel;

namespace BpfConformance.Targets.Campaigns;

/// <summary>Whether the kernel has found itself broken since a campaign began. What was wrong with it before is not the campaign's.</summary>
public sealed class KernelTaint : IDisposable
{
    private readonly TaintWatch _watch = new();

    /// <summary>What is wrong, in one sentence; <c>null</c>: nothing.</summary>
    public string? Problem => _watch.NewBits is > 0 and var bits ? $"the kernel became tainted (new bits 0x{bits:x})" : null;

    public void Dispose() => _watch.Dispose();
}
