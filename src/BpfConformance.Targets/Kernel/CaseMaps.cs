using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>The maps of one case, in its order.</summary>
internal sealed class CaseMaps : IDisposable
{
    private readonly List<KernelMap> _maps;

    private CaseMaps(List<KernelMap> maps) => _maps = maps;

    public int Count => _maps.Count;

    public KernelMap this[int index] => _maps[index];

    /// <summary>
    /// Whether <see cref="Clear"/> brings back the initial contents. Other kinds are created anew for every run: slower,
    /// and right for every kind alike, also for those that nobody can empty (bloom filters, ring buffers).
    /// </summary>
    public bool CanClear => _maps.TrueForAll(map => map.IsMapped);

    /// <summary>Creates all maps, or none: then <paramref name="problem"/> says which the kernel refused.</summary>
    public static CaseMaps? TryCreate(ImmutableArray<MapDefinition> definitions, out string problem, out int errno)
    {
        var maps = new CaseMaps(new List<KernelMap>(definitions.Length));
        foreach (MapDefinition definition in definitions)
        {
            if (KernelMap.TryCreate(definition, out errno) is { } map)
            {
                maps._maps.Add(map);
                continue;
            }

            maps.Dispose();
            problem = $"the kernel does not create map {definition.Name} ({definition.Type}, key {definition.KeyBytes}, " +
                $"value {definition.ValueBytes}, {definition.MaxEntries} entries, flags 0x{(uint)definition.Flags:x}): {Errno.Name(errno)}";
            return null;
        }

        (problem, errno) = (string.Empty, 0);
        return maps;
    }

    /// <summary>The descriptors by index, and after them those of the twin's own maps.</summary>
    public int[] DescriptorsWith(params ReadOnlySpan<KernelMap?> more)
    {
        var fds = new int[_maps.Count + more.Length];
        for (int i = 0; i < _maps.Count; i++) fds[i] = _maps[i].Fd;
        for (int i = 0; i < more.Length; i++) fds[_maps.Count + i] = more[i]?.Fd ?? -1;
        return fds;
    }

    public void Clear()
    {
        foreach (KernelMap map in _maps) map.Memory.Clear();
    }

    public void Dispose()
    {
        foreach (KernelMap map in _maps) map.Dispose();
    }
}
