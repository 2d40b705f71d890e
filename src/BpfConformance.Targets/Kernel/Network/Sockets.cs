using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>Sockets of this process, as the C library has them: those of .NET do not say all that a system call answers.</summary>
internal static unsafe class Sockets
{
    public const ushort InterNetwork = 2; // AF_INET
    public const ushort InterNetwork6 = 10; // AF_INET6
    public const int Datagram = 2; // SOCK_DGRAM

    /// <summary>Bytes of a <c>struct sockaddr</c>.</summary>
    public const int AddressBytes = 16;

    private const int NonBlockingCloseOnExec = 0x80800; // SOCK_NONBLOCK | SOCK_CLOEXEC

    /// <summary>A socket that never waits.</summary>
    /// <exception cref="TargetException">There is none.</exception>
    public static FileDescriptor Create(int family, int type)
    {
        int fd = Native.socket(family, type | NonBlockingCloseOnExec, 0);
        return fd >= 0 ? new FileDescriptor(fd) : throw Native.Failed("socket");
    }

    /// <summary>The socket of the host in a <see cref="CaseNetwork"/>.</summary>
    /// <exception cref="TargetException">There is none.</exception>
    public static FileDescriptor Receiver()
    {
        FileDescriptor socket = Create(InterNetwork, Datagram);
        byte[] address = Address([0, 0, 0, 0], CaseNetwork.ReceiverPort);
        fixed (byte* bytes = address)
        {
            if (Native.bind(socket.Number, bytes, (uint)address.Length) == 0) return socket;
        }

        TargetException problem = Native.Failed("bind of the socket that receives");
        socket.Dispose();
        throw problem;
    }

    /// <summary>A <c>struct sockaddr</c> of a family, and what follows.</summary>
    public static byte[] Address(ushort family, ReadOnlySpan<byte> rest)
    {
        byte[] address = new byte[AddressBytes];
        BitConverter.TryWriteBytes(address, family);
        rest.CopyTo(address.AsSpan(sizeof(ushort)));
        return address;
    }

    /// <summary>An IPv4 address and a port.</summary>
    public static byte[] Address(ReadOnlySpan<byte> address, ushort port) => Address(InterNetwork, [(byte)(port >> 8), (byte)port, .. address]);

    /// <summary>ioctl(2).</summary>
    /// <param name="file">Of what.</param>
    /// <param name="code">What is asked.</param>
    /// <param name="request">As the code wants it; gets the answer.</param>
    /// <param name="subject">For the message.</param>
    /// <exception cref="TargetException">It is refused.</exception>
    public static void Control(FileDescriptor file, nuint code, byte[] request, string subject)
    {
        fixed (byte* bytes = request)
        {
            if (Native.ioctl(file.Number, code, bytes) < 0) throw Native.Failed(subject);
        }
    }
}
