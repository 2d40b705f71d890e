using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads steps with ring buffers: <c>consume MAP</c> and <c>produce MAP HEX</c>.</summary>
internal sealed class RingReader(Section section, ImmutableArray<MapDefinition> maps, CaseNames names)
{
    /// <summary>The step; <c>null</c>: it is another one.</summary>
    public RingStep? Read(Entry entry, string[] words) => words switch
    {
        ["consume", { } map] => new(RingCommand.Consume, IndexOf(entry, map, MapType.Ringbuf), default),
        ["produce", { } map, { } record] => new(RingCommand.Produce, IndexOf(entry, map, MapType.UserRingbuf), MapEntryReader.ReadRecord(section, entry.Line, record)),
        _ => null,
    };

    private int IndexOf(Entry entry, string name, MapType type)
    {
        for (int map = 0; map < maps.Length; map++)
        {
            if (names.Maps[map] == name && maps[map].Type == type) return map;
        }

        throw section.Error(entry.Line, $"there is no {Vocabulary.MapTypes[type]} {Section.Quote(name)} in '-- maps'");
    }
}
