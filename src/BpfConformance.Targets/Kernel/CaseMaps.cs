using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
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

    /// <summary>Creates and fills all maps, or none: then <paramref name="problem"/> says which the kernel refused.</summary>
    /// <param name="definitions">Of the case.</param>
    /// <param name="mayBeMapped">As for <see cref="KernelMap.TryCreate"/>.</param>
    /// <param name="problem">Empty when they were created.</param>
    /// <param name="errno">0 when they were created.</param>
    /// <exception cref="TargetException">A map does not take what it is to begin with.</exception>
    public static CaseMaps? TryCreate(ImmutableArray<MapDefinition> definitions, bool mayBeMapped, out string problem, out int errno)
    {
        var maps = new CaseMaps(new List<KernelMap>(definitions.Length));
        foreach (MapDefinition definition in definitions)
        {
            KernelMap? inner = definition.InnerMap is { } template ? maps[template] : null;
            bool isTemplate = definitions.Any(other => other.InnerMap is not null);
            if (KernelMap.TryCreate(definition, out errno, inner, mayBeMapped && !isTemplate) is { } map)
            {
                maps._maps.Add(map);
                continue;
            }

            maps.Dispose();
            problem = $"the kernel does not create map {definition.Name} ({definition.Type}, key {definition.KeyBytes}, " +
                $"value {definition.ValueBytes}, {definition.MaxEntries} entries, flags 0x{(uint)definition.Flags:x}): {Errnos.Name(errno)}";
            return null;
        }

        (problem, errno) = (string.Empty, 0);
        maps.Fill();
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

    /// <summary>The index of the map to which the kernel gave this number; −1: there is none.</summary>
    public int IndexOfId(uint id) => _maps.FindIndex(map => map.Id == id);

    public void Clear()
    {
        foreach (KernelMap map in _maps) map.Memory.Clear();
        Fill();
    }

    public void Dispose()
    {
        foreach (KernelMap map in _maps) map.Dispose();
    }

    private void Fill()
    {
        foreach (KernelMap map in _maps)
        {
            if (map.Definition.Contents.IsEmpty) continue;
            var access = new KernelMapAccess(map, this);
            foreach (MapEntry entry in map.Definition.Contents)
            {
                int errno = access.Update(entry.Key.Span, entry.Value.Span, UpdateFlags.Any);
                if (errno == 0) continue;
                Dispose();
                throw new TargetException($"map {map.Definition.Name} does not take what it is to begin with: {Errnos.Name(errno)}");
            }
        }
    }
}
