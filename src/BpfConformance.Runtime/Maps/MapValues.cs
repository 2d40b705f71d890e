using System.Numerics;
using System.Runtime.CompilerServices;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>The values of a map, in the region where programs see them.</summary>
/// <param name="region">Which lasts as long as its machine.</param>
public readonly unsafe struct MapValues(Region* region)
{
    private readonly Region* _region = region;
    private readonly int _shift = BitOperations.PopCount(region->ElementMask);

    public GuestBytes this[int element]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            nint offset = (nint)element << _shift;
            return new GuestBytes(_region->Base + offset, _region->Shadow == null ? null : _region->Shadow + offset);
        }
    }

    /// <summary>Log2 of the distance from each value to the next.</summary>
    public int Shift => _shift;

    /// <summary>Divides a region into so many values; one value alone is the region in one piece.</summary>
    /// <returns>The bytes that the region needs.</returns>
    public static int LayOut(Region* region, int elements, int valueBytes)
    {
        if (elements == 0) return 0;
        if (elements == 1) return valueBytes;

        // At least a double word lies between two values, so that who goes a little too far is found out.
        uint stride = BitOperations.RoundUpToPowerOf2((uint)valueBytes + sizeof(ulong));
        (region->ElementBytes, region->ElementMask, region->ElementsEnd) = ((uint)valueBytes, stride - 1, stride * (uint)elements);
        return (int)region->ElementsEnd;
    }

    /// <summary>Makes all values zero.</summary>
    public void Clear()
    {
        int bytes = (int)Math.Max(_region->Length, _region->ElementsEnd);
        new GuestBytes(_region->Base, _region->Shadow).Clear(bytes);
    }

    /// <summary>The value that an address in the region belongs to.</summary>
    public static uint ElementAt(Region* region, ulong address) =>
        (uint)((address - region->Start) >> BitOperations.PopCount(region->ElementMask));

    /// <summary>The address of a value, as the program sees it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long AddressOf(int element) => (long)(_region->Start + ((ulong)element << _shift));
}
