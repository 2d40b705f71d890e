using System.Buffers.Binary;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>Frames as they arrive at a device.</summary>
/// <param name="random">Chance.</param>
internal sealed class FrameSnippets(Random random)
{
    /// <summary>A datagram for the receiver, most of the time.</summary>
    public string Datagram()
    {
        byte[] frame = ToDevice();
        Finish(frame);
        return Convert.ToHexStringLower(frame);
    }

    /// <summary>The same, or one with something in it that is different.</summary>
    public string Frame()
    {
        byte[] frame = ToDevice();
        Span<byte> ip = frame.AsSpan(14);
        switch (random.Next(16))
        {
            case 0: frame[5] ^= 1; break; // for another host on the link
            case 1: frame.AsSpan(0, 6).Fill(0xff); break;
            case 2: frame[0] |= 1; break;
            case 3: frame[12] = 0x88; frame[13] = 0xb5; break; // a local protocol
            case 4: frame[12] = 0x86; frame[13] = 0xdd; break;
            case 5: ip[19] = 77; break; // for another host
            case 6: ip[23] = 8; break; // another port
            case 7: BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(ip.Length + 1)); break; // longer than it is
            case 8: BinaryPrimitives.WriteUInt16BigEndian(ip[24..], 8); break; // shorter
            case 9: ip[0] = 0x44; break;
            case 10: ip[26] = 0x12; break; // a checksum, which is wrong
            case 11: ip[6] = Pick<byte>(0x20, 0x40, 0x80); break; // the first fragment, or none
            case 12: ip[7] = 1; break; // another one
        }

        Finish(frame);
        if (random.Next(20) == 0) ip[10] ^= 1;
        for (int tags = random.Next(10) - 6; tags > 0 && tags < 3; tags--) frame = [.. frame[..12], .. Pick<byte[]>([0x81, 0], [0x81, 0], [0x88, 0xa8]), Pick<byte>(0, 0x20), Pick<byte>(0, 0, 0, 5), .. frame[12..]];
        int cut = random.Next(20) == 0 ? random.Next(14, frame.Length) : frame.Length;
        return Convert.ToHexStringLower(frame.AsSpan(0, cut));
    }

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private byte[] ToDevice()
    {
        int device = random.Next(2);
        byte[] frame = [2, 0, 0, 0, 0, (byte)(7 + device), 2, 0, 0, 0, 1, 7, 8, 0, .. new byte[28], .. Bytes(random.Next(20))];
        Span<byte> ip = frame.AsSpan(14);
        (ip[0], ip[1], ip[8], ip[9]) = (0x45, (byte)random.Next(256), 64, 17);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        ((ReadOnlySpan<byte>)[10, 0, 0, 2, 10, 0, (byte)device, 1]).CopyTo(ip[12..]);
        (ip[21], ip[23]) = (9, Pick<byte>(7, 7, 7, 9, 9, 8));
        BinaryPrimitives.WriteUInt16BigEndian(ip[24..], (ushort)(ip.Length - 20));
        return frame;
    }

    /// <summary>The checksum of the IP header comes last.</summary>
    private static void Finish(Span<byte> frame) => BinaryPrimitives.WriteUInt16BigEndian(frame[24..], (ushort)~Sum(frame[14..34]));

    private static ushort Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)sum;
    }

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
