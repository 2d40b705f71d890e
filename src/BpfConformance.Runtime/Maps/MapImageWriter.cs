using System.Buffers.Binary;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// Writes what maps hold as bytes that can be compared: for each map the number of its entries (u32, little endian), then each
/// key and its value.
/// </summary>
/// <param name="bytes">Room for all of it: <see cref="BytesOf"/> each map.</param>
/// <param name="mask">As much: becomes 0xff where every machine must have the same.</param>
public ref struct MapImageWriter(Span<byte> bytes, Span<byte> mask)
{
    private readonly Span<byte> _bytes = bytes;
    private readonly Span<byte> _mask = mask;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The most bytes that the image of a map can have; of a per-CPU map it has the first processor's values.</summary>
    public static long BytesOf(MapDefinition map) => sizeof(uint) + map.Type switch
    {
        MapType.BloomFilter => 0,
        _ => map.MaxEntries * (map.KeyBytes + (long)map.ValueBytes),
    };

    /// <summary>A map begins.</summary>
    public void Begin(int entries)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes[Length..], (uint)entries);
        _mask.Slice(Length, sizeof(uint)).Fill(0xff);
        Length += sizeof(uint);
    }

    public void Write(ReadOnlySpan<byte> plain)
    {
        plain.CopyTo(_bytes[Length..]);
        _mask.Slice(Length, plain.Length).Fill(0xff);
        Length += plain.Length;
    }

    public unsafe void Write(GuestBytes value, int count)
    {
        int start = Length;
        Write(value.AsSpan(count));
        if (value.Shadow == null) return;
        for (int i = 0; i < count; i++)
        {
            if (value.Shadow[i] != ByteShadow.Scalar) _mask[start + i] = 0;
        }
    }
}
