using System.Runtime.CompilerServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>Sockets as values of maps, for user space: a descriptor goes in, a cookie comes out, and here both are the number of its place.</summary>
internal static unsafe class SocketValue
{
    /// <summary>What sockfd_lookup says to a descriptor, and before it who takes it from eight bytes (S32_MAX).</summary>
    /// <param name="value">Of four bytes or eight.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="socket">Which it is.</param>
    public static Errno Read(GuestBytes value, int bytes, out NetworkPlace socket)
    {
        ulong number = bytes == sizeof(ulong) ? Unsafe.ReadUnaligned<ulong>(value.Data) : Unsafe.ReadUnaligned<uint>(value.Data);
        bool isSocket = number <= NetworkPlaces.Last && ((NetworkPlace)number).IsOpenSocket();
        socket = isSocket ? (NetworkPlace)number : default;
        return isSocket ? Errno.None : bytes == sizeof(ulong) && number > int.MaxValue ? Errno.EINVAL : Errno.EBADF;
    }

    /// <summary>A cookie has eight bytes, and none comes out of a map with shorter values.</summary>
    public static Errno Write(NetworkPlace socket, GuestBytes value, int bytes)
    {
        if (bytes != sizeof(ulong)) return Errno.ENOSPC;
        if (socket == default) return Errno.ENOENT;
        value.Clear(bytes);
        *value.Data = (byte)socket;
        return Errno.None;
    }
}
