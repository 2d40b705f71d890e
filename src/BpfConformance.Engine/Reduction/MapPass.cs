using System.Collections.Immutable;
using System.Buffers.Binary;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Reduction;

/// <summary>Leaves out maps that nothing names, and what is in maps; makes those that stay plainer.</summary>
public sealed class MapPass : IReductionPass
{
    private const int Word = 8;

    public string Name => "maps";

    public IEnumerable<TestCase> Candidates(TestCase current)
    {
        // Steps and contentions name maps by number.
        bool isNumbered = current.Contention is not null || current.Inputs.Any(input => input.Step is (not null and not NetworkStep) or MapAttachStep);
        for (int index = current.Maps.Length - 1; index >= 0 && !isNumbered; index--)
        {
            if (!IsNamed(current, index)) yield return Without(current, index);
        }

        for (int index = current.Maps.Length - 1; index >= 0; index--)
        {
            foreach (MapDefinition plainer in Plainer(current.Maps[index])) yield return current with { Maps = current.Maps.SetItem(index, plainer) };
        }
    }

    private static IEnumerable<MapDefinition> Plainer(MapDefinition map)
    {
        if (!map.Contents.IsEmpty) yield return map with { Contents = [] };
        foreach ((int start, int count) in Chunks.Of(map.Contents.Length)) yield return map with { Contents = map.Contents.RemoveRange(start, count) };
        if (map.Flags != MapFlags.None) yield return map with { Flags = MapFlags.None };
        if (map.Extra != 0) yield return map with { Extra = 0 };
        if (map.Pin is not null) yield return map with { Pin = null };
        if (!map.Fields.IsEmpty) yield return map with { Fields = [] };
        if (map.MaxEntries > 1) yield return map with { MaxEntries = 1 };
        if (map.MaxEntries > 3) yield return map with { MaxEntries = map.MaxEntries / 2 };
        if (map.ValueBytes > Word && map.Contents.IsEmpty) yield return map with { ValueBytes = map.ValueBytes / 2 / Word * Word };
        if (map.ValueBytes > 2 * Word && map.Contents.IsEmpty) yield return map with { ValueBytes = map.ValueBytes - Word };
    }

    /// <summary>Whether a program, or another map, names it.</summary>
    private static bool IsNamed(TestCase test, int index) =>
        test.Program.Instructions.Any(slot => slot.NamesMap && slot.Immediate == index)
        || test.Maps.Any(map => map.InnerMap == index || (HoldsMaps(map) && map.Contents.Any(entry => NumberIn(entry) == index)));

    private static bool HoldsMaps(MapDefinition map) => map.Type is MapType.ArrayOfMaps or MapType.HashOfMaps;

    private static int NumberIn(MapEntry entry) => BinaryPrimitives.ReadInt32LittleEndian(entry.Value.Span);

    private static TestCase Without(TestCase test, int index)
    {
        int Moved(int number) => number > index ? number - 1 : number;
        ImmutableArray<MapDefinition> maps = [.. test.Maps.RemoveAt(index).Select(map => map with
        {
            InnerMap = map.InnerMap is { } inner ? Moved(inner) : null,
            Contents = HoldsMaps(map) ? [.. map.Contents.Select(entry => entry with { Value = BitConverter.GetBytes(Moved(NumberIn(entry))) })] : map.Contents,
        })];
        ImmutableArray<Instruction> code = [.. test.Program.Instructions.Select(slot => slot.NamesMap ? slot with { Immediate = Moved(slot.Immediate) } : slot)];
        return (test with { Maps = maps, MapLines = [] }).With(test.Program with { Instructions = code });
    }
}
