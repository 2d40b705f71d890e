using System.Buffers.Binary;
using BpfConformance.Abi.Network;

namespace BpfConformance.Engine.Targets;

/// <summary>
/// What has become of a packet, written as data of a step: for each program of the case a byte whether it ran and its r0 (u64, of the last time), then
/// each packet that came out: the place (a byte), the number of its bytes (u32), the bytes. Numbers are little endian.
/// </summary>
public ref struct PacketFate
{
    /// <summary>The most packets that come out.</summary>
    public const int MaxPackets = 4;

    /// <summary>Of what a program returned.</summary>
    public const int ResultBytes = 1 + sizeof(ulong);

    /// <summary>Before the bytes of a packet.</summary>
    public const int HeaderBytes = 1 + sizeof(uint);

    private readonly Span<byte> _data;
    private readonly Span<byte> _mask;
    private int _packets;

    /// <param name="data">Takes it.</param>
    /// <param name="mask">Takes which bytes are the same on every machine.</param>
    /// <param name="programs">How many the case has.</param>
    public PacketFate(Span<byte> data, Span<byte> mask, int programs)
    {
        _data = data;
        _mask = mask;
        Length = programs * ResultBytes;
        data[..Length].Clear();
    }

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>As much room as it needs.</summary>
    public static int MaxBytes(int programs, int packetBytes) => (programs * ResultBytes) + (MaxPackets * (HeaderBytes + packetBytes));

    /// <summary>
    /// Whether all was seen of a datagram that was sent, but for what each sender chooses for itself: on the wires the identification and the checksum of
    /// the IP header.
    /// </summary>
    public static bool IsSeen(ReadOnlySpan<byte> fate, ReadOnlySpan<byte> mask, int programs)
    {
        int at = programs * ResultBytes;
        if (mask[..at].ContainsAnyExcept(byte.MaxValue)) return false;
        while (at + HeaderBytes <= fate.Length)
        {
            bool isOnWire = fate[at] is (byte)NetworkPlace.Left or (byte)NetworkPlace.Right;
            int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(fate[(at + 1)..]);
            at += HeaderBytes;
            for (int i = 0; i < length; i++)
            {
                if (mask[at + i] != byte.MaxValue && !(isOnWire && DatagramLayout.IsOwn(i))) return false;
            }

            at += length;
        }

        return true;
    }

    /// <summary>How many bytes have come out at a place.</summary>
    /// <param name="fate">All of it.</param>
    /// <param name="programs">How many the case has.</param>
    /// <param name="place">Where.</param>
    public static int BytesAt(ReadOnlySpan<byte> fate, int programs, NetworkPlace place)
    {
        int bytes = 0;
        for (int at = programs * ResultBytes; at + HeaderBytes <= fate.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(fate[(at + 1)..]);
            if (fate[at] == (byte)place) bytes += length;
            at += HeaderBytes + length;
        }

        return bytes;
    }

    /// <summary>A program has run.</summary>
    /// <param name="program">By its index.</param>
    /// <param name="result">Its r0.</param>
    /// <param name="mask">The bits that are the same on every machine.</param>
    public readonly void AddResult(int program, ulong result, ulong mask)
    {
        int at = program * ResultBytes;
        _data[at] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(_data[(at + 1)..], result);
        BinaryPrimitives.WriteUInt64LittleEndian(_mask[(at + 1)..], mask);
    }

    /// <summary>A packet has come out; whether there is room for it.</summary>
    /// <param name="place">Where.</param>
    /// <param name="packet">Its bytes.</param>
    /// <param name="mask">Which of them are the same on every machine; empty: all.</param>
    public bool TryAddPacket(NetworkPlace place, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> mask = default)
    {
        if (++_packets > MaxPackets || packet.Length > _data.Length - Length - HeaderBytes) return false;
        _data[Length] = (byte)place;
        BinaryPrimitives.WriteUInt32LittleEndian(_data[(Length + 1)..], (uint)packet.Length);
        Length += HeaderBytes;
        packet.CopyTo(_data[Length..]);
        mask.CopyTo(_mask[Length..]);
        Length += packet.Length;
        return true;
    }
}
