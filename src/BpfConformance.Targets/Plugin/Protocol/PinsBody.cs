using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>Where the maps of a load are pinned, as the end of its body; there only when one is.</summary>
public static class PinsBody
{
    private const byte None = 0;

    public static void Write(FrameWriter writer, ImmutableArray<MapDefinition> maps)
    {
        if (maps.All(map => map.Pin is null)) return;
        foreach (MapDefinition map in maps)
        {
            writer.U8(map.Pin is { } pin ? (byte)pin.Namespace : None);
            if (map.Pin is not null) writer.Text(map.Pin.Name);
        }
    }

    /// <summary>Reads what there is.</summary>
    /// <param name="body">After everything else.</param>
    /// <param name="maps">What was read before.</param>
    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static ImmutableArray<MapDefinition> Read(ref BodyReader body, ImmutableArray<MapDefinition> maps)
    {
        if (body.IsAtEnd) return maps;
        var read = ImmutableArray.CreateBuilder<MapDefinition>(maps.Length);
        foreach (MapDefinition map in maps) read.Add(map with { Pin = ReadPin(ref body) });
        return read.MoveToImmutable();
    }

    private static MapPin? ReadPin(ref BodyReader body)
    {
        byte kind = body.U8("pin");
        if (kind == None) return null;
        var place = (PinNamespace)kind;
        if (!Enum.IsDefined(place)) throw body.Error($"a pin of kind {kind}");
        string name = body.Text("pinned name");
        return MapPin.IsName(name) ? new MapPin(place, name) : throw body.Error("a pinned name that is none");
    }
}
