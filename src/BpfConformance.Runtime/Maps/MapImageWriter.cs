using System.Buffers.Binary;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// Writes what maps hold as bytes that can be compared: for each map the number of its entries (u32, little endian), then each
/// key and its value; before a record its length (u32).
/// </summary>
/// <param name="bytes">Room for all entries that the maps can have; of one per processor the first processor's values are shown.</param>
/// <param name="mask">As much: becomes 0xff where every machine must have the same.</param>
public ref struct MapImageWriter(Span<byte> bytes, Span<byte> mask)
{
    private readonly Span<byte> _bytes = bytes;
    private readonly Span<byte> _mask = mask;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

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

    /// <summary>A value with a length of its own.</summary>
    public unsafe void WriteRecord(GuestBytes record, int count)
    {
        Write(new ReadOnlySpan<byte>(&count, sizeof(int)));
        Write(record, count);
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
