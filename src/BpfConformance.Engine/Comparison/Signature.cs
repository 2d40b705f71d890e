using System.Buffers.Binary;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>
/// What many runs gave, folded into 64 bits: FNV-1a over the bytes of r0 (little endian) and of the memory afterwards, run
/// by run. The context is not in it: only grids have signatures, and their programs that return have no context.
/// </summary>
public static class Signature
{
    private const ulong OffsetBasis = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    /// <param name="seen">Runs that returned, seen in full.</param>
    public static ulong Of(ObservationBatch seen)
    {
        ulong value = OffsetBasis;
        Span<byte> r0 = stackalloc byte[sizeof(ulong)];
        for (int i = 0; i < seen.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(r0, seen[i].R0);
            value = Fold(value, r0);
            value = Fold(value, seen.Data(i)[..seen[i].DataLength]);
        }

        return value;
    }

    private static ulong Fold(ulong value, ReadOnlySpan<byte> bytes)
    {
        foreach (byte each in bytes) value = unchecked((value ^ each) * Prime);
        return value;
    }
}
