using BpfConformance.Targets.Kernel;

namespace BpfConformance.Targets.Campaigns;

/// <summary>Whether the kernel has found itself broken since a campaign began. What was wrong with it before is not the campaign's.</summary>
public sealed class KernelTaint(string taintFile = TaintWatch.Path, string logFile = KernelLog.Path) : IDisposable
{
    private readonly KernelSigns _signs = new(taintFile, logFile);

    /// <summary>What is wrong, in one sentence; <c>null</c>: nothing.</summary>
    public string? Problem => _signs.Next().Bits is > 0 and var bits ? $"{KernelSigns.Tainted} (new bits 0x{bits:x})" : null;

    /// <summary>Whether a target has said so in what it says of a program.</summary>
    public static bool IsIn(string text) => text.Contains(KernelSigns.Tainted, StringComparison.Ordinal);

    public void Dispose() => _signs.Dispose();
}
