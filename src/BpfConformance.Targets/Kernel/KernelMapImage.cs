using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>Reads what is in the maps of a case.</summary>
internal static class KernelMapImage
{
    private const int NoEntry = (int)Abi.Errno.ENOENT;

    /// <summary>Whether reading takes out what it reads, so that the maps are worth nothing afterwards.</summary>
    private static bool Empties(MapDefinition map) => map.Type is MapType.Queue or MapType.Stack;

    /// <summary>Records an image of all maps, unless one of them cannot be read, or holds more than it was made for.</summary>
    public static void Record(CaseMaps maps, ObservationBatch into, int index)
    {
        Span<byte> room = into.Maps(index);
        if (room.IsEmpty) return;
        int length = 0;
        var read = new Dictionary<KernelMap, List<MapEntry>>(); // of maps that are one, one may be emptied by being read
        for (int map = 0; map < maps.Count; map++)
        {
            if (!read.TryGetValue(maps[map], out List<MapEntry>? entries))
            {
                entries = Read(maps[map], maps);
                if (entries is null) return;
                read.Add(maps[map], entries);
            }

            byte[] part = MapImage.Part(maps[map].Definition, entries);
            if (part.Length > room.Length - length) return; // BPF_F_NO_COMMON_LRU rounds entries up to the number of processors
            part.CopyTo(room[length..]);
            length += part.Length;
        }

        into[index].MapsLength = length;
    }

    private static List<MapEntry>? Read(KernelMap map, CaseMaps maps)
    {
        MapDefinition definition = map.Definition;
        var access = new KernelMapAccess(map, maps);
        if (definition.Flags.HasFlag(MapFlags.WriteOnly)) return null;
        if (definition is { HoldsSockets: true, ValueBytes: sizeof(uint) }) return null; // cookies of sockets are longer
        if (definition.Type is MapType.BloomFilter or MapType.StackTrace or MapType.Arena or MapType.CgroupArray) return []; // these say what they hold only to who knows it, or to nobody else
        if (definition.IsRing) return KernelRing.Read(map);
        if (definition.Type == MapType.PerfEventArray) return map.Events.Read();
        if (definition.IsObjectStorage) return ReadOfCase(access, definition);
        if (map.IsMapped) return ReadFromMemory(map);
        if (Empties(definition)) return ReadByPops(access, definition);
        return IsArray(definition) ? ReadByIndex(access, definition) : ReadByKeys(access, definition);
    }

    private static bool IsArray(MapDefinition map) => map.Type is MapType.Array or MapType.PercpuArray;

    /// <summary>Nothing is known where user space may not write: pops do.</summary>
    private static List<MapEntry>? ReadByPops(KernelMapAccess access, MapDefinition map)
    {
        var entries = new List<MapEntry>();
        while (true)
        {
            var value = new byte[map.ValueBytes];
            int errno = access.Lookup(BpfCommand.MapLookupAndDeleteElem, [], value, flags: 0);
            if (errno != 0) return errno == NoEntry ? entries : null;
            entries.Add(new MapEntry(default, value));
        }
    }

    private static List<MapEntry> ReadByIndex(KernelMapAccess access, MapDefinition map)
    {
        var entries = new List<MapEntry>(map.MaxEntries);
        for (int index = 0; index < map.MaxEntries; index++) Add(access, map, BitConverter.GetBytes(index), entries);
        return entries;
    }

    /// <summary>Nobody goes through the others.</summary>
    private static List<MapEntry> ReadOfCase(KernelMapAccess access, MapDefinition map)
    {
        var entries = new List<MapEntry>();
        Add(access, map, BitConverter.GetBytes(ObjectKeys.OfCase), entries);
        return entries;
    }

    private static List<MapEntry> ReadFromMemory(KernelMap map)
    {
        int stride = (int)KernelMap.PaddedValueBytes(map.Definition); // the map is mapped, so it fits
        return
        [
            .. Enumerable.Range(0, map.Definition.MaxEntries).Select(index => new MapEntry(
                BitConverter.GetBytes(index), map.Memory.Slice(index * stride, map.Definition.ValueBytes).ToArray())),
        ];
    }

    private static List<MapEntry> ReadByKeys(KernelMapAccess access, MapDefinition map)
    {
        var entries = new List<MapEntry>();
        byte[] last = [];
        while (true)
        {
            var key = new byte[map.KeyBytes];
            if (access.NextKey(last, key) != 0 || entries.Count > map.MostEntries) break;
            Add(access, map, key, entries);
            last = key;
        }

        entries.Sort((left, right) => left.Key.Span.SequenceCompareTo(right.Key.Span));
        return entries;
    }

    /// <summary>Of what holds maps or programs, indices may be empty.</summary>
    private static void Add(KernelMapAccess access, MapDefinition map, byte[] key, List<MapEntry> entries)
    {
        var value = new byte[map.ValueBytes];
        if (access.Lookup(BpfCommand.MapLookupElem, key, value, flags: 0) == 0) entries.Add(new MapEntry(key, value));
    }
}
