using BpfConformance.Harnesses.Coverage;

namespace BpfConformance.Harnesses.Managed;

/// <summary>The fewest inputs that show all that a corpus shows, nearly: for each feature, the rarest first, the shortest input that has it.</summary>
internal static class CorpusCover
{
    /// <summary>Takes all other inputs out of a folder.</summary>
    /// <returns>How many there were, and how many there are.</returns>
    public static (int Before, int After) Reduce(InputFolder folder, InputRunner runner, Failures failures)
    {
        string[] files = [.. folder.Files];
        List<Shown> inputs = [];
        foreach (string file in files)
        {
            if (InputFolder.TryRead(file) is not { } input) continue;
            runner.Run(input); // what is initialized once is no feature of an input
            BranchMap.Counters.Clear();
            PropertyException? failure = runner.Run(input);
            inputs.Add(new Shown(file, input.Length, FeatureSet.Take(BranchMap.Counters)));
            if (failure is not null) failures.Add(failure, input);
        }

        HashSet<string> kept = [.. Choose(inputs).Select(input => input.File)];
        foreach (string file in files.Where(file => !kept.Contains(file))) File.Delete(file);
        return (files.Length, kept.Count);
    }

    private static List<Shown> Choose(List<Shown> inputs)
    {
        var owners = new Dictionary<int, (Shown Shortest, int Count)>();
        foreach (Shown input in inputs.OrderBy(input => input.Bytes).ThenBy(input => input.File, StringComparer.Ordinal))
        {
            foreach (int feature in input.Features)
            {
                owners[feature] = owners.TryGetValue(feature, out (Shown Shortest, int Count) owner) ? (owner.Shortest, owner.Count + 1) : (input, 1);
            }
        }

        var chosen = new List<Shown>();
        var covered = new HashSet<int>();
        foreach ((int feature, (Shown shortest, _)) in owners.OrderBy(owner => owner.Value.Count).ThenBy(owner => owner.Key))
        {
            if (covered.Contains(feature)) continue;
            chosen.Add(shortest);
            covered.UnionWith(shortest.Features);
        }

        return chosen;
    }

    private sealed record Shown(string File, int Bytes, List<int> Features);
}
