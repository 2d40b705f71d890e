using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>What user space has to do with the maps of a load, as the end of its body: only machines that have such a user space are sent it.</summary>
public static class MapsBody
{
    private const byte SequenceBit = 1;
    private const byte NetworkBit = 2;
    private const uint NoMap = uint.MaxValue;

    public static void Write(FrameWriter writer, LoadRequest request)
    {
        writer.U8((byte)((request.IsSequence ? SequenceBit : 0) | (request.HasNetwork ? NetworkBit : 0)));
        foreach (MapDefinition map in request.Maps)
        {
            writer.U32(map.InnerMap is { } inner ? (uint)inner : NoMap);
            writer.U64(map.Extra);
            writer.U32((uint)map.Contents.Length);
            foreach (MapEntry entry in map.Contents)
            {
                writer.Bytes(entry.Key.Span);
                if (map.IsRing) writer.U32((uint)entry.Value.Length);
                writer.Bytes(entry.Value.Span);
            }
        }
    }

    /// <summary>Reads what there is; a host that does not know of it sends nothing.</summary>
    /// <param name="body">After the program.</param>
    /// <param name="request">What was read before.</param>
    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static LoadRequest Read(ref BodyReader body, LoadRequest request)
    {
        if (body.IsAtEnd) return request;
        byte kind = body.U8("sequence");
        if ((kind & (SequenceBit | NetworkBit)) == NetworkBit) throw body.Error("a network without a sequence");
        var maps = ImmutableArray.CreateBuilder<MapDefinition>(request.Maps.Length);
        foreach (MapDefinition map in request.Maps) maps.Add(ReadMap(ref body, map, maps.Count));
        return request with { IsSequence = (kind & SequenceBit) != 0, HasNetwork = (kind & NetworkBit) != 0, Maps = maps.ToImmutable() };
    }

    private static MapDefinition ReadMap(ref BodyReader body, MapDefinition map, int index)
    {
        uint inner = body.U32("inner map");
        if (inner != NoMap && inner >= index) throw body.Error($"inner map {inner} of map {index}, expected one before it");
        ulong extra = body.U64("map extra");
        int count = body.Count(PluginProtocol.MaxBodyBytes, "number of entries");
        var contents = new List<MapEntry>();
        for (int i = 0; i < count; i++)
        {
            // An entry without bytes would cost the sender nothing.
            if (map.KeyBytes == 0 && map.ValueBytes == 0 && !map.IsRing) throw body.Error($"entries of map {index}, which has neither keys nor values");
            byte[] key = body.Bytes(map.KeyBytes, "a key").ToArray();
            int bytes = map.IsRing ? body.Count(PluginProtocol.MaxBodyBytes, "bytes of a record") : map.ValueBytes;
            byte[] value = body.Bytes(bytes, "a value").ToArray();
            if (HoldsMaps(map) && BitConverter.ToUInt32(value) >= index) throw body.Error($"an entry of map {index} is no map before it");
            contents.Add(new MapEntry(key, value));
        }

        return map with { InnerMap = inner == NoMap ? null : (int)inner, Extra = extra, Contents = [.. contents] };
    }

    private static bool HoldsMaps(MapDefinition map) =>
        map is { Type: MapType.ArrayOfMaps or MapType.HashOfMaps, ValueBytes: sizeof(uint) };
}
