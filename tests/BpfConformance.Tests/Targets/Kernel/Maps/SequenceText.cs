using System.Globalization;
using System.Text;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Spells a sequence as a vector does, with the results of a machine.</summary>
internal static class SequenceText
{
    public static string Of(MapSequence sequence, ObservationBatch seen)
    {
        var text = new StringBuilder("-- maps\n");
        foreach (MapDefinition map in sequence.Maps) Append(text, map, sequence.Maps);
        text.Append("-- steps\n");
        for (int i = 0; i < sequence.Steps.Length; i++)
        {
            text.AppendLine(sequence.Steps[i].Step is MapStep step ? OfStep(step, sequence, i, seen) : OfRun(sequence, i, seen));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, MapDefinition map, IReadOnlyList<MapDefinition> maps)
    {
        text.Append(CultureInfo.InvariantCulture, $"{map.Name}: {Vocabulary.MapTypes[map.Type]} key {map.KeyBytes} value {map.ValueBytes}")
            .Append(CultureInfo.InvariantCulture, $" entries {map.MaxEntries} flags 0x{(uint)map.Flags:x}");
        if (map.InnerMap is { } inner) text.Append(" inner ").Append(maps[inner].Name);
        if (map.Extra != 0) text.Append(" extra ").Append(map.Extra);
        text.Append('\n');
        foreach (MapEntry entry in map.Contents) text.Append("  ").Append(Hex(entry.Key)).Append(" = ").AppendLine(Hex(entry.Value));
    }

    private static string OfStep(MapStep step, MapSequence sequence, int i, ObservationBatch seen)
    {
        string name = sequence.Maps[step.Map].Name;
        string flags = step.Flags == 0 ? string.Empty : $" 0x{step.Flags:x}";
        string left = step.Command switch
        {
            MapCommand.Lookup => $"lookup {name} {Hex(step.Value.IsEmpty ? step.Key : step.Value)}{flags}",
            MapCommand.Update => $"update {name} {Hex(step.Key)} {Hex(step.Value)}{flags}",
            MapCommand.Delete => $"delete {name} {Hex(step.Key)}",
            MapCommand.LookupAndDelete => $"lookup_and_delete {name} {Hex(step.Key)}{flags}",
            MapCommand.NextKey => $"next_key {name} {Hex(step.Key)}",
            MapCommand.Freeze => $"freeze {name}",
        };
        var error = (Errno)(-(long)seen[i].R0);
        bool hasData = seen[i].DataLength > 0;
        return $"{left} -> {(error != Errno.None ? error : hasData ? Hex(seen.Data(i)[..seen[i].DataLength].ToArray()) : "ok")}";
    }

    private static string OfRun(MapSequence sequence, int i, ObservationBatch seen)
    {
        ReadOnlySpan<byte> memory = sequence.Steps[i].Data.Span;
        string what = $"{OperationLayout.DeedIn(memory)} flags 0x{OperationLayout.FlagsIn(memory):x}"
            + $" key {Convert.ToHexString(sequence.Layout.KeyIn(memory))} value {Convert.ToHexString(sequence.Layout.ValueIn(memory))}";
        return $"run {Convert.ToHexString(memory)} -> {(long)seen[i].R0} # {what}";
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? "-" : Convert.ToHexString(bytes.Span);
}
