using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>
/// What a map keeps to that forgets what was least recently used. Every update takes room before it looks for its key, and so may evict
/// any key, its own too, even if it then fails (htab_lru_map_update_elem, kernel/bpf/hashtab.c, 6.18); nothing else evicts.
/// </summary>
/// <param name="capacity">The most keys that may be there.</param>
internal sealed class EvictionGuarantees(int capacity) : IGuarantees
{
    private readonly Dictionary<string, Known> _keys = [];

    public bool IsLaidDown(in SeenStep step) => step.Error is not (Errno.None or Errno.ENOENT or Errno.EEXIST) || step.Deed == MapDeed.Freeze;

    public string? Check(in SeenStep step)
    {
        if (step.Deed == MapDeed.LookupOn && step.Processor >= Map.Processors)
        {
            return step.Error == Errno.ENOENT ? null : "a processor that there is not has a value";
        }

        return step.Deed switch
        {
            MapDeed.Lookup or MapDeed.LookupOn => Find(step, step.Deed == MapDeed.LookupOn && step.Processor > 0 ? new byte[step.Got.Length] : null),
            MapDeed.Store or MapDeed.StoreLocked => Find(step, step.Value, isWritten: true),
            MapDeed.LookupAndDelete => Find(step) ?? Forget(step),
            MapDeed.Delete => Find(step, step.Got, isSeen: false) ?? Forget(step),
            MapDeed.Update => Update(step),
            MapDeed.NextKey => Next(step),
            MapDeed.Freeze or MapDeed.Push or MapDeed.Pop or MapDeed.Peek or MapDeed.LookupInner or MapDeed.UpdateInner => null,
        };
    }

    public string? CheckEnd(ImmutableArray<MapEntry> entries)
    {
        if (entries.Length > capacity) return $"{entries.Length} keys, where there is room for {capacity}";
        foreach (MapEntry entry in entries)
        {
            if (!_keys.TryGetValue(Name(entry.Key.Span), out Known? known)) return $"{Name(entry.Key.Span)} is there, which was not written";
            if (!entry.Value.Span.SequenceEqual(known.Value)) return $"{Name(entry.Key.Span)} has another value than was last written";
        }

        HashSet<string> there = [.. entries.Select(entry => Name(entry.Key.Span))];
        string? gone = _keys.FirstOrDefault(pair => pair.Value.IsSure && !there.Contains(pair.Key)).Key;
        return gone is null ? null : $"{gone} is gone, which nothing could evict";
    }

    private static string Name(ReadOnlySpan<byte> key) => Convert.ToHexString(key);

    private string? Find(in SeenStep step, byte[]? expected = null, bool isWritten = false, bool isSeen = true)
    {
        Known? known = _keys.GetValueOrDefault(Name(step.Key));
        if (step.Error == Errno.ENOENT)
        {
            _keys.Remove(Name(step.Key));
            return known is { IsSure: true } ? "the key is not there, and nothing could evict it" : null;
        }

        if (known is null) return "the key is there, which was never written, or deleted since";
        if (isSeen && !isWritten && !step.Got.AsSpan().SequenceEqual(expected ?? known.Value)) return "another value than was last written";
        _keys[Name(step.Key)] = new Known(isWritten ? step.Value : known.Value, IsSure: true);
        return null;
    }

    private string? Forget(in SeenStep step)
    {
        _keys.Remove(Name(step.Key));
        return null;
    }

    private string? Update(in SeenStep step)
    {
        string key = Name(step.Key);
        bool wasThere = _keys.TryGetValue(key, out Known? old);
        foreach (string each in _keys.Keys.ToArray()) _keys[each] = _keys[each] with { IsSure = false };
        switch (step.Error)
        {
            case Errno.None:
                _keys[key] = new Known(step.Value, IsSure: true);
                return step.Flags == UpdateFlags.Exist && !wasThere ? "a key that cannot be there was updated" : null;
            case Errno.EEXIST:
                if (old is not null) _keys[key] = old with { IsSure = true };
                return step.Flags == UpdateFlags.NoExist && wasThere ? null : "the key cannot be there";
            default:
                _keys.Remove(key);
                return step.Flags == UpdateFlags.Exist ? null : "an update that may add the key did not find it";
        }
    }

    private string? Next(in SeenStep step)
    {
        if (step.Error == Errno.None)
        {
            if (!_keys.TryGetValue(Name(step.Got), out Known? known)) return "a key that cannot be there comes next";
            _keys[Name(step.Got)] = known with { IsSure = true };
            return null;
        }

        bool isFirst = step.Key.Length == 0;
        if (isFirst && _keys.Values.Any(known => known.IsSure)) return "there is no first key, though one is there";
        if (isFirst) _keys.Clear();
        return null;
    }

    /// <summary>What was last written, and whether nothing could evict it since it was last seen.</summary>
    private sealed record Known(byte[] Value, bool IsSure);
}
