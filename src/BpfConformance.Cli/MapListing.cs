using System.Text;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Cli;

/// <summary>What <c>exec</c> prints of maps: what is in them after the last run, as <c>-- maps-after</c> states it, once for all targets that left the same.</summary>
internal static class MapListing
{
    private const int EntriesShown = 16;

    private const int DigitsShown = 64;

    /// <param name="experiment">What the targets did.</param>
    /// <param name="isWhole">Whether all entries are shown, and all of their values.</param>
    /// <param name="output">Takes the lines.</param>
    public static void Write(Experiment experiment, bool isWhole, TextWriter output)
    {
        TestCase test = experiment.Case;
        if (test.Maps.IsEmpty || test.Inputs.IsEmpty) return;
        int last = test.Inputs.Length - 1;
        foreach (IGrouping<string, TargetRun> alike in experiment.Runs
            .Where(run => run.Observations is { Count: > 0 } seen && seen[last].MapsLength >= 0)
            .GroupBy(run => Text(test, run.Observations!, last, isWhole)))
        {
            output.WriteLine();
            output.WriteLine($"maps after {InputText.Of(test, last)}, {string.Join(", ", alike.Select(run => run.Target))}:");
            output.Write(alike.Key);
        }
    }

    private static string Text(TestCase test, ObservationBatch seen, int input, bool isWhole)
    {
        var text = new StringBuilder();
        byte[] image = seen.Maps(input)[..seen[input].MapsLength].ToArray();
        for (int index = 0; index < test.Maps.Length; index++)
        {
            MapDefinition map = test.Maps[index];
            text.Append($"{map.Name}:\n");
            MapEntry[] entries = [.. MapImage.Entries(map, image[MapImage.PartOf(index, test.Maps, image)]).Where(entry => !IsUnstated(map, entry))];
            foreach (MapEntry entry in isWhole ? entries : entries.Take(EntriesShown))
            {
                string line = MapEntryText.Of(test, map, entry);
                text.Append(isWhole || line.Length <= DigitsShown ? line : $"{line[..DigitsShown]}… ({entry.Value.Length} bytes)").Append('\n');
            }

            if (!isWhole && entries.Length > EntriesShown) text.Append($"… and {entries.Length - EntriesShown} more\n");
        }

        return text.ToString();
    }

    /// <summary>Elements of arrays that hold zeros are not stated.</summary>
    private static bool IsUnstated(MapDefinition map, MapEntry entry) =>
        map.Type is MapType.Array or MapType.PercpuArray && !entry.Value.Span.ContainsAnyExcept((byte)0);
}
