using BpfConformance.Abi;

namespace BpfConformance.Runtime.Maps;

/// <summary>Many elements at once (kernel/bpf/syscall.c, 6.18, bpf_map_do_batch). Of a map per processor the values are those of the first.</summary>
public sealed unsafe partial class MapAccess
{
    /// <summary>
    /// BPF_MAP_LOOKUP_BATCH: as many elements as there is room for. ENOENT says that these were the last; ENOSPC, of maps that find values by a
    /// hash, that the next bucket alone has more.
    /// </summary>
    /// <param name="after">What the last batch left in <paramref name="end"/>; empty: from the first element.</param>
    /// <param name="end">Of <see cref="BatchEndBytes"/>: becomes where to go on, if there is anything.</param>
    /// <param name="keys">Gets keys, one behind the other.</param>
    /// <param name="values">Gets as many values.</param>
    /// <param name="count">As many as were wanted; becomes how many there are, unless nothing was done.</param>
    /// <param name="flags">Nothing: no value has a lock yet.</param>
    /// <param name="shadow">As for <see cref="Lookup"/>; of all values.</param>
    public Errno LookupBatch(
        ReadOnlySpan<byte> after, Span<byte> end, Span<byte> keys, Span<byte> values, out int count, ulong flags = 0, Span<byte> shadow = default)
    {
        count = CountOf(keys, values);
        return !MayRead ? Errno.EPERM : ReadBatch(BatchKinds.Lookup, after, end, keys, values, ref count, flags, shadow);
    }

    /// <summary>BPF_MAP_LOOKUP_AND_DELETE_BATCH: the same, and they are gone.</summary>
    /// <inheritdoc cref="LookupBatch"/>
    public Errno LookupAndDeleteBatch(
        ReadOnlySpan<byte> after, Span<byte> end, Span<byte> keys, Span<byte> values, out int count, ulong flags = 0, Span<byte> shadow = default)
    {
        count = CountOf(keys, values);
        return !MayRead || !MayWrite ? Errno.EPERM : ReadBatch(BatchKinds.LookupAndDelete, after, end, keys, values, ref count, flags, shadow);
    }

    /// <summary>BPF_MAP_UPDATE_BATCH.</summary>
    /// <param name="keys">One behind the other.</param>
    /// <param name="values">As many.</param>
    /// <param name="count">How many were written before one was not, unless nothing was done: then how many were given.</param>
    /// <param name="flags">Nothing: no value has a lock yet.</param>
    public Errno UpdateBatch(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, out int count, ulong flags = 0)
    {
        count = CountOf(keys, values);
        CheckCount(values, count);
        if (!MayWrite) return Errno.EPERM;
        if (Refusal(BatchKinds.Update, flags) is not Errno.None and var refusal) return refusal;
        fixed (byte* keyBytes = keys)
        fixed (byte* valueBytes = values)
        {
            return GenericBatches.Write(map, keyBytes, valueBytes, ref count);
        }
    }

    /// <summary>BPF_MAP_DELETE_BATCH.</summary>
    /// <inheritdoc cref="UpdateBatch"/>
    public Errno DeleteBatch(ReadOnlySpan<byte> keys, out int count, ulong flags = 0)
    {
        count = CountOf(keys, values: []);
        if (!MayWrite) return Errno.EPERM;
        if (Refusal(BatchKinds.Delete, flags) is not Errno.None and var refusal) return refusal;
        fixed (byte* keyBytes = keys)
        {
            return GenericBatches.Remove(map, keyBytes, ref count);
        }
    }

    /// <summary>Bytes of what says where a batch ended: a key, or the number of a bucket.</summary>
    public static int BatchEndBytes(int keyBytes) => Math.Max(keyBytes, sizeof(uint));

    private Errno ReadBatch(
        BatchKinds kind, ReadOnlySpan<byte> after, Span<byte> end, Span<byte> keys, Span<byte> values, ref int count, ulong flags, Span<byte> shadow)
    {
        CheckCount(values, count);
        if (Refusal(kind, flags) is not Errno.None and var refusal) return refusal;
        if (count == 0) return Errno.None;
        fixed (byte* afterBytes = after)
        fixed (byte* endBytes = end)
        fixed (byte* keyBytes = keys)
        fixed (byte* valueBytes = values)
        fixed (byte* shadowBytes = shadow)
        {
            var batch = new MapBatch(Plain(afterBytes), Plain(endBytes), Plain(keyBytes), new(valueBytes, shadowBytes), count);
            Errno error = map.ReadBatch(ref batch, removes: kind == BatchKinds.LookupAndDelete);
            count = batch.Count;
            return error;
        }
    }

    private Errno Refusal(BatchKinds kind, ulong flags) =>
        !map.Batches.HasFlag(kind) ? Errno.ENOTSUPP : flags != 0 ? Errno.EINVAL : Errno.None;

    /// <summary>Kinds without keys are asked for nothing, too.</summary>
    private int CountOf(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values) =>
        map.KeyBytes > 0 ? keys.Length / map.KeyBytes : values.Length / map.ValueBytes;

    private void CheckCount(ReadOnlySpan<byte> values, int count)
    {
        if (values.Length != count * map.ValueBytes) throw new ArgumentException($"{values.Length} bytes, expected {count} values", nameof(values));
    }
}
