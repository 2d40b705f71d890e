using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>
/// Addresses of sockets as their calls take them: <c>struct sockaddr_in</c> and <c>sockaddr_in6</c> (uapi linux/in.h, linux/in6.h), and what
/// lets a socket have any.
/// </summary>
internal static class InternetAddress
{
    private const int Bytes4 = 16; // struct sockaddr_in
    private const int Bytes6 = 28; // struct sockaddr_in6
    private const int Position4 = 4;
    private const int Position6 = 8;
    private const int LengthOf4 = 4;
    private const int LengthOf6 = 16;

    private const int LevelOf4 = 0; // SOL_IP
    private const int LevelOf6 = 41; // SOL_IPV6
    private const int Transparent4 = 19; // IP_TRANSPARENT
    private const int Transparent6 = 75; // IPV6_TRANSPARENT
    private const int PacketInfo4 = 8; // IP_PKTINFO
    private const int PacketInfo6 = 50; // IPV6_PKTINFO
    private const int UnicastDevice4 = 50; // IP_UNICAST_IF

    /// <param name="family">Any number.</param>
    /// <param name="port">Two bytes, in network order.</param>
    /// <param name="address">Four bytes, or sixteen.</param>
    public static byte[] Of(uint family, ReadOnlySpan<byte> port, ReadOnlySpan<byte> address)
    {
        bool isIp6 = address.Length == LengthOf6;
        byte[] all = new byte[isIp6 ? Bytes6 : Bytes4];
        BinaryPrimitives.WriteUInt16LittleEndian(all, (ushort)family);
        port.CopyTo(all.AsSpan(sizeof(ushort)));
        address.CopyTo(all.AsSpan(isIp6 ? Position6 : Position4));
        return all;
    }

    /// <summary>An IPv4 address and a port.</summary>
    public static byte[] Of(uint address, ushort port)
    {
        byte[] all = Any(LengthOf4, port);
        BinaryPrimitives.WriteUInt32BigEndian(all.AsSpan(Position4), address);
        return all;
    }

    /// <summary>All addresses of this host, with as many bytes.</summary>
    public static byte[] Any(int length, ushort port)
    {
        byte[] network = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(network, port);
        return Of(length == LengthOf6 ? AddressFamilies.InterNetwork6 : AddressFamilies.InterNetwork, network, new byte[length]);
    }

    /// <summary>The same, for who has an address of that kind.</summary>
    public static byte[] AnyLike(byte[] other, ushort port) => Any(other.Length == Bytes6 ? LengthOf6 : LengthOf4, port);

    public static byte[] LoopbackLike(byte[] other, ushort port)
    {
        byte[] address = AnyLike(other, port);
        if (other.Length == Bytes4) address[Position4] = 127;
        address[other.Length == Bytes6 ? Position6 + LengthOf6 - 1 : Position4 + LengthOf4 - 1] = 1;
        return address;
    }

    /// <summary>Lets a socket have an address that is not this host's.</summary>
    public static CallFailure? AllowAny(Socket socket, byte[] address) =>
        address.Length == Bytes6 ? socket.Set(LevelOf6, Transparent6, 1) : socket.Set(LevelOf4, Transparent4, 1);

    /// <summary>Lets a socket speak to where no route leads, which only IPv4 does.</summary>
    public static CallFailure? Route(Socket socket, byte[] address) =>
        address.Length == Bytes6 ? null : socket.Set(LevelOf4, UnicastDevice4, BinaryPrimitives.ReverseEndianness(CaseNetwork.Loopback));

    /// <summary>The control message that says from where a datagram is sent (<c>struct in_pktinfo</c>, <c>struct in6_pktinfo</c>); none for zeros.</summary>
    public static byte[] SourceOf(ReadOnlySpan<byte> address)
    {
        const int HeaderBytes = 16; // struct cmsghdr: a length of eight bytes, level, type
        if (!address.ContainsAnyExcept((byte)0)) return [];
        bool isIp6 = address.Length == LengthOf6;
        byte[] message = new byte[isIp6 ? 40 : 32]; // padded to eight
        BinaryPrimitives.WriteInt64LittleEndian(message, HeaderBytes + (isIp6 ? 20 : 12));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(8), isIp6 ? LevelOf6 : LevelOf4);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), isIp6 ? PacketInfo6 : PacketInfo4);
        address.CopyTo(message.AsSpan(isIp6 ? HeaderBytes : HeaderBytes + sizeof(int)));
        return message;
    }
}
