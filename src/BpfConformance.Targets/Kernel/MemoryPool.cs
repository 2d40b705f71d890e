using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// The map values that programs get as their memory, one for each length: creating and mapping one costs as much as a
/// load. Programs of one length share it, as every run writes all of it first.
/// </summary>
internal sealed class MemoryPool : IDisposable
{
    private const int MaxIdle = 64;
    private const long MaxIdleBytes = 64 << 20;

    private readonly Dictionary<int, Lease> _leases = [];

    /// <summary>Borrows the memory of that length; the caller gives it back by disposing the lease.</summary>
    /// <exception cref="TargetException">The kernel does not create it.</exception>
    public Lease Borrow(int bytes)
    {
        if (!_leases.TryGetValue(bytes, out Lease? lease))
        {
            MakeRoom(bytes);
            _leases.Add(bytes, lease = new Lease(KernelMap.CreateMemory(bytes, "memory"), bytes));
        }

        lease.Users++;
        return lease;
    }

    public void Dispose()
    {
        foreach (Lease lease in _leases.Values) lease.Map.Dispose();
        _leases.Clear();
    }

    private void MakeRoom(int bytes)
    {
        if (_leases.Count < MaxIdle && _leases.Keys.Sum(length => (long)length) + bytes <= MaxIdleBytes) return;
        foreach (Lease idle in _leases.Values.Where(lease => lease.Users == 0).ToArray())
        {
            _leases.Remove(idle.Bytes);
            idle.Map.Dispose();
        }
    }

    /// <summary>Memory that is in use while somebody holds it.</summary>
    internal sealed class Lease(KernelMap map, int bytes) : IDisposable
    {
        public KernelMap Map { get; } = map;

        public int Bytes { get; } = bytes;

        public int Users { get; set; }

        public void Dispose() => Users--;
    }
}
