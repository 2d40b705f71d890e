using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>What a bloom filter keeps to whose hashes are its own: what was added is found.</summary>
internal sealed class BloomGuarantees : IGuarantees
{
    private readonly HashSet<string> _added = [];

    public bool IsLaidDown(in SeenStep step) => !IsQuestion(step) || step.Error is not (Errno.None or Errno.ENOENT);

    public string? Check(in SeenStep step)
    {
        string value = Convert.ToHexString(step.Value);
        if (step is { Deed: MapDeed.Push or MapDeed.Update, Error: Errno.None }) _added.Add(value);
        return IsQuestion(step) && step.Error != Errno.None && _added.Contains(value) ? "a value that was added is not found" : null;
    }

    public string? CheckEnd(ImmutableArray<MapEntry> entries) => entries.IsEmpty ? null : "a bloom filter tells its values";

    private static bool IsQuestion(in SeenStep step) => step.Deed is MapDeed.Peek or MapDeed.Lookup;
}
