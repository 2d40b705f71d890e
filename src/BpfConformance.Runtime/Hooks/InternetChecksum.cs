using System.Buffers.Binary;

namespace BpfConformance.Runtime.Hooks;

/// <summary>The checksum of IP and UDP (RFC 1071).</summary>
internal static class InternetChecksum
{
    /// <summary>The sum of 16-bit words, an odd byte at the end filled up with zero; not yet inverted.</summary>
    /// <param name="bytes">In network order.</param>
    /// <param name="sum">What to begin with.</param>
    public static ushort Sum(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        for (; bytes.Length >= sizeof(ushort); bytes = bytes[sizeof(ushort)..]) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (!bytes.IsEmpty) sum += (uint)bytes[0] << 8;
        while (sum >> 16 != 0) sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)sum;
    }

    /// <summary>Of what precedes UDP in the sum: addresses, protocol and length (RFC 768).</summary>
    /// <param name="addresses">Source and destination.</param>
    /// <param name="protocol">Of the header.</param>
    /// <param name="length">Of header and payload.</param>
    public static ushort PseudoHeader(ReadOnlySpan<byte> addresses, byte protocol, int length) => Sum(addresses, protocol + (uint)length);
}
