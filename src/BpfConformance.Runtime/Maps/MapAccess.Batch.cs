using BpfConformance.Abi;
using BpfConformance.Abi.Maps;

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
    /// <param name="keys">Gets keys, one behind the other; of no bytes where the map has none.</param>
    /// <param name="values">Gets values, the same.</param>
    /// <param name="count">How many are wanted; becomes how many there are, unless nothing was done.</param>
    /// <param name="flags">Nothing, or <see cref="UpdateFlags.Lock"/>.</param>
    /// <param name="shadow">As for <see cref="Lookup"/>; of all values.</param>
    public Errno LookupBatch(
        ReadOnlySpan<byte> after, Span<byte> end, Span<byte> keys, Span<byte> values, ref int count, ulong flags = 0, Span<byte> shadow = default) =>
        !MayRead ? Errno.EPERM : ReadBatch(BatchKinds.Lookup, after, end, keys, values, ref count, flags, shadow);

    /// <summary>BPF_MAP_LOOKUP_AND_DELETE_BATCH: the same, and they are gone.</summary>
    /// <inheritdoc cref="LookupBatch"/>
    public Errno LookupAndDeleteBatch(
        ReadOnlySpan<byte> after, Span<byte> end, Span<byte> keys, Span<byte> values, ref int count, ulong flags = 0, Span<byte> shadow = default) =>
        !MayRead || !MayWrite ? Errno.EPERM : ReadBatch(BatchKinds.LookupAndDelete, after, end, keys, values, ref count, flags, shadow);

    /// <summary>BPF_MAP_UPDATE_BATCH.</summary>
    /// <param name="keys">One behind the other.</param>
    /// <param name="values">As many.</param>
    /// <param name="count">How many are given; becomes how many were written before one was not, unless nothing was done.</param>
    /// <param name="flags">Nothing, or <see cref="UpdateFlags.Lock"/>.</param>
    public Errno UpdateBatch(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, ref int count, ulong flags = 0)
    {
        if (!MayWrite) return Errno.EPERM;
        if (Refusal(BatchKinds.Update, flags) is not Errno.None and var refusal) return refusal;
        fixed (byte* keyBytes = keys[..BytesOf(count, map.KeyBytes)])
        fixed (byte* valueBytes = values[..BytesOf(count, map.ValueBytes)])
        {
            return GenericBatches.Write(map, keyBytes, valueBytes, ref count, flags);
        }
    }

    /// <summary>BPF_MAP_DELETE_BATCH.</summary>
    /// <inheritdoc cref="UpdateBatch"/>
    public Errno DeleteBatch(ReadOnlySpan<byte> keys, ref int count, ulong flags = 0)
    {
        if (!MayWrite) return Errno.EPERM;
        if (Refusal(BatchKinds.Delete, flags) is not Errno.None and var refusal) return refusal;
        fixed (byte* keyBytes = keys[..BytesOf(count, map.KeyBytes)])
        {
            return GenericBatches.Remove(map, keyBytes, ref count);
        }
    }

    /// <summary>Bytes of what says where a batch ended: a key, or the number of a bucket.</summary>
    public static int BatchEndBytes(int keyBytes) => Math.Max(keyBytes, sizeof(uint));

    private Errno ReadBatch(
        BatchKinds kind, ReadOnlySpan<byte> after, Span<byte> end, Span<byte> keys, Span<byte> values, ref int count, ulong flags, Span<byte> shadow)
    {
        if (Refusal(kind, flags) is not Errno.None and var refusal) return refusal;
        if (count == 0) return Errno.None;
        fixed (byte* afterBytes = after)
        fixed (byte* endBytes = end)
        fixed (byte* keyBytes = keys[..BytesOf(count, map.KeyBytes)])
        fixed (byte* valueBytes = values[..BytesOf(count, map.ValueBytes)])
        fixed (byte* shadowBytes = shadow)
        {
            var batch = new MapBatch(Plain(afterBytes), Plain(endBytes), Plain(keyBytes), new(valueBytes, shadowBytes), count);
            Errno error = map.ReadBatch(ref batch, removes: kind == BatchKinds.LookupAndDelete);
            count = batch.Count;
            return error;
        }
    }

    private Errno Refusal(BatchKinds kind, ulong flags) =>
        !map.Batches.HasFlag(kind) ? Errno.ENOTSUPP : (flags & ~UpdateFlags.Lock) != 0 || LacksLock(flags) ? Errno.EINVAL : Errno.None;

    /// <summary>As much as a caller must have given: less is an error of its own.</summary>
    private static int BytesOf(int count, int bytes) => checked(count * bytes);
}
