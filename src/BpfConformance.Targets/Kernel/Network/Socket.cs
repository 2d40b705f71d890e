using System.Runtime.InteropServices;
using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>A socket that never waits, as the C library has it: those of .NET do not say all that a call answers. <c>null</c>: it succeeded.</summary>
internal sealed unsafe class Socket : IDisposable
{
    private const uint NonBlockingCloseOnExec = 0x80800; // SOCK_NONBLOCK | SOCK_CLOEXEC
    private const int MaxAddressBytes = 128; // struct sockaddr_storage

    private Socket(FileDescriptor descriptor) => Descriptor = descriptor;

    public FileDescriptor Descriptor { get; }

    /// <summary>As <paramref name="failure"/> says, there is none.</summary>
    public static Socket? TryCreate(uint family, uint type, uint protocol, out CallFailure? failure)
    {
        int fd = Native.socket((int)family, (int)(type | NonBlockingCloseOnExec), (int)protocol);
        failure = CallFailure.Of(fd, "socket");
        return failure is null ? new Socket(new FileDescriptor(fd)) : null;
    }

    /// <summary>One of UDP over IPv4.</summary>
    /// <exception cref="TargetException">There is none.</exception>
    public static Socket Create() => TryCreate(AddressFamilies.InterNetwork, SocketTypes.Datagram, 0, out CallFailure? failure) ?? throw failure!.ToException();

    public CallFailure? Bind(ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = address) return CallFailure.Of(Native.bind(Descriptor.Number, bytes, (uint)address.Length), "bind");
    }

    public CallFailure? Connect(ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = address) return CallFailure.Of(Native.connect(Descriptor.Number, bytes, (uint)address.Length), "connect");
    }

    public CallFailure? Listen() => CallFailure.Of(Native.listen(Descriptor.Number, 1), "listen");

    /// <summary>The other side of a connection that somebody has made; <c>null</c>: nobody has yet.</summary>
    public Socket? Accept()
    {
        int fd = Native.accept4(Descriptor.Number, null, null, (int)NonBlockingCloseOnExec);
        return fd >= 0 ? new Socket(new FileDescriptor(fd)) : null;
    }

    /// <summary>Writes to a connection.</summary>
    /// <returns>How many bytes were taken, or a negated errno.</returns>
    public long Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            byte none = 0; // of no bytes there is no first
            nint taken = Native.write(Descriptor.Number, first == null ? &none : first, (nuint)bytes.Length);
            return taken >= 0 ? taken : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Reads what there is of a connection; whether there was anything.</summary>
    public bool ReadInto(List<byte> bytes)
    {
        const int Most = 65536;
        byte* buffer = stackalloc byte[Most];
        nint count = Native.read(Descriptor.Number, buffer, Most);
        if (count > 0) bytes.AddRange(new ReadOnlySpan<byte>(buffer, (int)count));
        return count > 0;
    }

    public CallFailure? GetName()
    {
        byte* address = stackalloc byte[MaxAddressBytes];
        uint bytes = MaxAddressBytes;
        return CallFailure.Of(Native.getsockname(Descriptor.Number, address, &bytes), "getsockname");
    }

    public CallFailure? GetPeerName()
    {
        byte* address = stackalloc byte[MaxAddressBytes];
        uint bytes = MaxAddressBytes;
        return CallFailure.Of(Native.getpeername(Descriptor.Number, address, &bytes), "getpeername");
    }

    /// <param name="address">To where.</param>
    /// <param name="payload">What.</param>
    /// <param name="control">Control messages (cmsg(3)).</param>
    /// <param name="flags">MSG_*.</param>
    public CallFailure? Send(ReadOnlySpan<byte> address, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> control = default, int flags = 0)
    {
        fixed (byte* to = address)
        fixed (byte* bytes = payload)
        fixed (byte* controlBytes = control)
        {
            nuint* part = stackalloc nuint[] { (nuint)bytes, (nuint)payload.Length };
            var message = new MessageHeader
            {
                Address = to,
                AddressBytes = (uint)address.Length,
                Parts = part,
                PartCount = 1,
                Control = controlBytes,
                ControlBytes = (nuint)control.Length,
            };
            return CallFailure.Of(Native.sendmsg(Descriptor.Number, &message, flags), "sendmsg");
        }
    }

    /// <summary>Takes a datagram that is there, and from where it came.</summary>
    /// <param name="payload">Room for it.</param>
    /// <param name="length">How long it is.</param>
    public CallFailure? Receive(Span<byte> payload, out int length)
    {
        byte* address = stackalloc byte[MaxAddressBytes];
        uint addressBytes = MaxAddressBytes;
        fixed (byte* bytes = payload)
        {
            nint result = Native.recvfrom(Descriptor.Number, bytes, (nuint)payload.Length, 0, address, &addressBytes);
            length = (int)result;
            return CallFailure.Of(result, "recvfrom");
        }
    }

    /// <summary>Sets an option whose value is a number.</summary>
    public CallFailure? Set(int level, int name, int value) => Set(level, name, new ReadOnlySpan<byte>(&value, sizeof(int)));

    public CallFailure? Set(int level, int name, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value)
        {
            return CallFailure.Of(Native.setsockopt(Descriptor.Number, level, name, bytes, (uint)value.Length), $"setsockopt of {level}, {name}");
        }
    }

    /// <param name="level">Of the option.</param>
    /// <param name="name">The option.</param>
    /// <param name="value">What its room has in it, and then the value.</param>
    public CallFailure? Get(int level, int name, Span<byte> value)
    {
        uint length = (uint)value.Length;
        fixed (byte* bytes = value)
        {
            return CallFailure.Of(Native.getsockopt(Descriptor.Number, level, name, bytes, &length), $"getsockopt of {level}, {name}");
        }
    }

    public void Dispose() => Descriptor.Dispose();
}
