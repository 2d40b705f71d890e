using System.Runtime.InteropServices;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>A socket whose calls are the events: each returns <c>null</c>, or says in words what it answered.</summary>
internal sealed unsafe class EventSocket : IDisposable
{
    private const int NonBlockingCloseOnExec = 0x80800; // SOCK_NONBLOCK | SOCK_CLOEXEC
    private const int MaxAddressBytes = 128; // struct sockaddr_storage

    private readonly FileDescriptor _socket;

    private EventSocket(FileDescriptor socket) => _socket = socket;

    /// <summary>As <paramref name="problem"/> says, there is none.</summary>
    public static EventSocket? TryCreate(int family, int type, int protocol, out string? problem)
    {
        int fd = Native.socket(family, type | NonBlockingCloseOnExec, protocol);
        problem = Answer(fd, "socket");
        return problem is null ? new EventSocket(new FileDescriptor(fd)) : null;
    }

    public string? Bind(ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = address) return Answer(Native.bind(_socket.Number, bytes, (uint)address.Length), "bind");
    }

    public string? Connect(ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = address) return Answer(Native.connect(_socket.Number, bytes, (uint)address.Length), "connect");
    }

    public string? GetName()
    {
        byte* address = stackalloc byte[MaxAddressBytes];
        uint bytes = MaxAddressBytes;
        return Answer(Native.getsockname(_socket.Number, address, &bytes), "getsockname");
    }

    public string? GetPeerName()
    {
        byte* address = stackalloc byte[MaxAddressBytes];
        uint bytes = MaxAddressBytes;
        return Answer(Native.getpeername(_socket.Number, address, &bytes), "getpeername");
    }

    /// <summary>Sends one byte.</summary>
    /// <param name="address">To where.</param>
    /// <param name="control">Control messages (cmsg(3)).</param>
    public string? Send(ReadOnlySpan<byte> address, ReadOnlySpan<byte> control = default)
    {
        byte content = 0;
        nuint* part = stackalloc nuint[] { (nuint)(&content), 1 };
        fixed (byte* to = address)
        fixed (byte* controlBytes = control)
        {
            var message = new MessageHeader
            {
                Address = to,
                AddressBytes = (uint)address.Length,
                Parts = part,
                PartCount = 1,
                Control = controlBytes,
                ControlBytes = (nuint)control.Length,
            };
            return Answer(Native.sendmsg(_socket.Number, &message, 0), "sendmsg");
        }
    }

    /// <summary>Takes a datagram that is there, and from where it came.</summary>
    public string? Receive()
    {
        byte content;
        byte* address = stackalloc byte[MaxAddressBytes];
        uint bytes = MaxAddressBytes;
        return Answer(Native.recvfrom(_socket.Number, &content, 1, 0, address, &bytes), "recvfrom");
    }

    /// <summary>Sets an option whose value is a number.</summary>
    public string? Set(int level, int name, int value) => Set(level, name, new ReadOnlySpan<byte>(&value, sizeof(int)));

    public string? Set(int level, int name, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value) return Answer(Native.setsockopt(_socket.Number, level, name, bytes, (uint)value.Length), $"setsockopt of {level}, {name}");
    }

    /// <param name="level">Of the option.</param>
    /// <param name="name">The option.</param>
    /// <param name="value">What its room has in it, and then the value.</param>
    public string? Get(int level, int name, Span<byte> value)
    {
        uint length = (uint)value.Length;
        fixed (byte* bytes = value) return Answer(Native.getsockopt(_socket.Number, level, name, bytes, &length), $"getsockopt of {level}, {name}");
    }

    public void Dispose() => _socket.Dispose();

    private static string? Answer(nint result, string call) => result >= 0 ? null : $"{call}: {Errnos.Name(Marshal.GetLastPInvokeError())}";
}
