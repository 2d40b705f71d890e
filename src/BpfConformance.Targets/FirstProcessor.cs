using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets;

/// <summary>Keeps this thread on the first processor, on Linux, until it is disposed, on the same thread.</summary>
internal sealed unsafe class FirstProcessor : IDisposable
{
    private readonly ulong[] _before;

    private FirstProcessor(ulong[] before) => _before = before;

    /// <summary><c>null</c>: this thread may not choose it.</summary>
    public static FirstProcessor? TryStayOn()
    {
        var before = new ulong[Processors.MaskWords];
        var first = new ulong[Processors.MaskWords];
        first[0] = 1;
        fixed (ulong* mask = before)
        fixed (ulong* wanted = first)
        {
            bool isThere = Native.sched_getaffinity(0, Processors.MaskBytes, mask) >= 0
                && Native.sched_setaffinity(0, Processors.MaskBytes, wanted) == 0;
            return isThere ? new FirstProcessor(before) : null;
        }
    }

    public void Dispose()
    {
        fixed (ulong* mask = _before) _ = Native.sched_setaffinity(0, Processors.MaskBytes, mask);
    }
}
