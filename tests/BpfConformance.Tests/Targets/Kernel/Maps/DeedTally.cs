using System.Collections.Concurrent;
using BpfConformance.Abi;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>How often each operation had which answer: for people, who see what random sequences reach.</summary>
internal sealed class DeedTally
{
    private readonly ConcurrentDictionary<(bool ByUser, MapDeed Deed, Errno Error), int> _counts = [];

    public void Add(in RunInput input, ulong r0) =>
        _counts.AddOrUpdate((input.Step is not null, SeenStep.DeedOf(input), SeenStep.ErrorOf(input, r0)), 1, (_, count) => count + 1);

    /// <summary>A line for each operation.</summary>
    public override string ToString() => string.Join('\n', _counts
        .GroupBy(pair => (pair.Key.ByUser, pair.Key.Deed))
        .OrderBy(group => group.Key)
        .Select(group => $"  {(group.Key.ByUser ? "user space" : "program")} {group.Key.Deed}: {Answers(group)}"));

    private static string Answers(IEnumerable<KeyValuePair<(bool ByUser, MapDeed Deed, Errno Error), int>> answers) =>
        string.Join(", ", answers.OrderBy(pair => pair.Key.Error).Select(pair =>
            $"{(pair.Key.Error == Errno.None ? "done" : pair.Key.Error)} {pair.Value}"));
}
