using BpfConformance.Abi;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>Batches that do for each element what user space does with one (kernel/bpf/syscall.c, 6.18, generic_map_*_batch).</summary>
internal static unsafe class GenericBatches
{
    /// <summary>Goes on behind a key, or from the first where there is none; what is gone meanwhile is left out.</summary>
    /// <param name="map">Of a kind that has keys in an order.</param>
    /// <param name="batch">Where to begin, and where everything goes.</param>
    public static Errno Read(Map map, ref MapBatch batch)
    {
        fixed (byte* scratch = new byte[2 * map.KeyBytes])
        {
            var (next, previous) = (new GuestBytes(scratch, null), new GuestBytes(scratch + map.KeyBytes, null));
            bool isFirst = batch.After.IsNull;
            if (!isFirst) batch.After.CopyTo(previous, map.KeyBytes);
            var error = Errno.None;
            while (batch.Count < batch.Capacity)
            {
                error = map.Next(isFirst ? default : previous, next);
                if (error != Errno.None) break;
                error = map.Read(next, batch.NextValue(map.ValueBytes));
                if (error is not (Errno.None or Errno.ENOENT)) return error;
                if (error == Errno.None) batch.Add(next, map.KeyBytes);
                next.CopyTo(previous, map.KeyBytes);
                isFirst = false;
            }

            if (batch.Count > 0) previous.CopyTo(batch.End, map.KeyBytes);
            return error;
        }
    }

    /// <param name="map">Of any kind.</param>
    /// <param name="keys">One behind the other.</param>
    /// <param name="values">The same.</param>
    /// <param name="count">How many there are; becomes how many were written before one was not.</param>
    /// <param name="flags">Of each update.</param>
    public static Errno Write(Map map, byte* keys, byte* values, ref int count, ulong flags)
    {
        int given = count;
        for (count = 0; count < given; count++)
        {
            Errno error = map.Write(At(keys, count, map.KeyBytes), At(values, count, map.ValueBytes), flags);
            if (error != Errno.None) return error;
        }

        return Errno.None;
    }

    /// <param name="map">Of any kind.</param>
    /// <param name="keys">One behind the other.</param>
    /// <param name="count">How many there are; becomes how many were removed before one was not.</param>
    public static Errno Remove(Map map, byte* keys, ref int count)
    {
        int given = count;
        for (count = 0; count < given; count++)
        {
            Errno error = map.Remove(At(keys, count, map.KeyBytes));
            if (error != Errno.None) return error;
        }

        return Errno.None;
    }

    private static GuestBytes At(byte* all, int index, int bytes) => new(all + ((nint)index * bytes), shadow: null);
}
