using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>What is read from a map in one go.</summary>
/// <param name="after">Where the last batch ended; null: nowhere yet.</param>
/// <param name="end">Becomes where this one ends, unless it gets nothing.</param>
/// <param name="keys">Room for <paramref name="capacity"/> keys, one behind the other.</param>
/// <param name="values">The same for values.</param>
/// <param name="capacity">How many elements are wanted.</param>
public unsafe struct MapBatch(GuestBytes after, GuestBytes end, GuestBytes keys, GuestBytes values, int capacity)
{
    public readonly GuestBytes After { get; } = after;

    public readonly GuestBytes End { get; } = end;

    public readonly int Capacity { get; } = capacity;

    /// <summary>How many it has.</summary>
    public int Count { get; private set; }

    /// <summary>Where the next value goes.</summary>
    public readonly GuestBytes NextValue(int valueBytes) => At(values, valueBytes);

    /// <summary>The key of that value.</summary>
    public void Add(GuestBytes key, int keyBytes)
    {
        key.CopyTo(At(keys, keyBytes), keyBytes);
        Count++;
    }

    private readonly GuestBytes At(GuestBytes all, int bytes)
    {
        nint offset = (nint)Count * bytes;
        return new GuestBytes(all.Data + offset, all.Shadow == null ? null : all.Shadow + offset);
    }
}
