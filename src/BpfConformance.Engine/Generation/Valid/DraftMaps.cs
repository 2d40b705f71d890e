using System.Collections.Immutable;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>The maps of a case, in the order in which its programs came to need them.</summary>
internal sealed class DraftMaps
{
    private const int Most = 4;
    private const int None = -1;

    private readonly List<MapDefinition> _maps = new(Most + 1);
    private readonly List<MapDefinition> _templates = new(Most + 1);

    private bool _canHave;
    private bool _mustSleep;

    /// <param name="canHave">Whether the machines have a user space that fills maps.</param>
    /// <param name="mustSleep">Whether the programs may sleep: then some kinds are not for them.</param>
    public void Clear(bool canHave, bool mustSleep)
    {
        (_canHave, _mustSleep) = (canHave, mustSleep);
        _maps.Clear();
        _templates.Clear();
    }

    public MapDefinition this[int index] => _maps[index];

    /// <summary>The index of a map of the catalog; negative: there is no room for another.</summary>
    public int IndexOf(MapDefinition template)
    {
        int index = _templates.IndexOf(template);
        if (index >= 0) return index;
        if (!_canHave || _maps.Count >= Most || (_mustSleep && !IsForSleepers(template.Type))) return None;
        bool isOfMaps = template.Type is MapType.ArrayOfMaps or MapType.HashOfMaps;
        int inner = isOfMaps ? IndexOf(MapCatalog.Array) : None;
        if (isOfMaps && inner < 0) return None;
        _templates.Add(template);
        _maps.Add(!isOfMaps ? template : template with
        {
            InnerMap = inner,
            Contents = [new MapEntry(BitConverter.GetBytes(0), BitConverter.GetBytes(inner))],
        });
        return _maps.Count - 1;
    }

    public ImmutableArray<MapDefinition> ToArray() => [.. _maps];

    /// <summary>kernel/bpf/verifier.c, 6.18, check_map_prog_compatibility.</summary>
    private static bool IsForSleepers(MapType type) =>
        type is not (MapType.LpmTrie or MapType.ProgArray or MapType.PerfEventArray or MapType.BloomFilter or MapType.Devmap);
}
