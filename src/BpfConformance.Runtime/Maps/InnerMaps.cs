using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>What a map of maps holds: indices of maps of the case (kernel/bpf/map_in_map.c, 6.18).</summary>
internal sealed unsafe class InnerMaps : IDisposable
{
    /// <summary>No map.</summary>
    public const int None = -1;

    // What user space opens a map for is not the map's (bpf_map_flags_retain_permanent).
    private const MapFlags OfTheOpened = MapFlags.ReadOnly | MapFlags.WriteOnly;

    private readonly int* _maps;
    private readonly int _elements;
    private readonly int _template;
    private ImmutableArray<MapDefinition> _siblings = [];
    private bool _disposed;

    /// <param name="elements">How many indices there may be.</param>
    /// <param name="template">The index of a map that all look like.</param>
    public InnerMaps(int elements, int template)
    {
        (_elements, _template) = (elements, template);
        _maps = (int*)NativeMemory.Alloc((nuint)elements, sizeof(int));
        Clear();
    }

    public bool Has(int element) => _maps[element] != None;

    public void Set(int element, GuestBytes index) => _maps[element] = IndexOf(index);

    public void Remove(int element) => _maps[element] = None;

    /// <summary>What user space has as the value.</summary>
    public GuestBytes ValueOf(int element) => new((byte*)(_maps + element), shadow: null);

    /// <summary>What programs get.</summary>
    public long AddressOf(int element) => Has(element) ? (long)Regions.Address(Regions.Maps + _maps[element], 0) : 0;

    /// <summary>The maps of the case become known.</summary>
    public void Join(ImmutableArray<MapDefinition> siblings) => _siblings = siblings;

    /// <summary>bpf_map_fd_get_ptr: what is said to the index of a map that is to be put in.</summary>
    public Errno Check(GuestBytes index)
    {
        int map = IndexOf(index);
        if ((uint)map >= (uint)_siblings.Length) return Errno.EBADF;
        return LooksLike(_siblings[_template], _siblings[map]) ? Errno.None : Errno.EINVAL;
    }

    public void Clear() => new Span<int>(_maps, _elements).Fill(None);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        NativeMemory.Free(_maps);
    }

    /// <summary>bpf_map_meta_equal, and array_map_meta_equal.</summary>
    private static bool LooksLike(MapDefinition template, MapDefinition map) =>
        (map.Type, map.KeyBytes, map.ValueBytes) == (template.Type, template.KeyBytes, template.ValueBytes)
        && (map.Flags & ~OfTheOpened) == (template.Flags & ~OfTheOpened)
        && (map.Type != MapType.Array || map.MaxEntries == template.MaxEntries || map.Flags.HasFlag(MapFlags.InnerMap));

    private static int IndexOf(GuestBytes index) => Unsafe.ReadUnaligned<int>(index.Data);
}
