using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_SOCKMAP (net/core/sock_map.c, 6.18): sockets by index.</summary>
/// <param name="definition">What was found right.</param>
internal sealed unsafe class SockMap(MapDefinition definition) : SocketMap(definition)
{
    private readonly HostSocket?[] _sockets = new HostSocket?[definition.MaxEntries];

    internal override HostSocket? SocketAt(GuestBytes key)
    {
        uint index = ArrayRules.IndexOf(key);
        return index < (uint)MaxEntries ? _sockets[index] : null;
    }

    public override Errno Remove(GuestBytes key)
    {
        if (SocketAt(key) is not { } socket) return Errno.EINVAL;
        _sockets[ArrayRules.IndexOf(key)] = null;
        socket.Unlink(Programs);
        return Errno.None;
    }

    public override Errno Next(GuestBytes key, GuestBytes next) => ArrayRules.Next(key, next, MaxEntries);

    public override void Clear()
    {
        base.Clear();
        Array.Clear(_sockets);
    }

    public override void Show(ref MapImageWriter image)
    {
        image.Begin(_sockets.Count(socket => socket is not null));
        for (uint index = 0; index < (uint)MaxEntries; index++)
        {
            if (_sockets[index] is not { } socket) continue;
            ulong place = (ulong)socket.Place;
            image.Write(new ReadOnlySpan<byte>(&index, sizeof(uint)));
            image.Write(new ReadOnlySpan<byte>(&place, ValueBytes));
        }
    }

    public override Errno Put(GuestBytes key, HostSocket socket, ulong flags)
    {
        uint index = ArrayRules.IndexOf(key);
        if (flags > UpdateFlags.Exist) return Errno.EINVAL;
        if (index >= (uint)MaxEntries) return Errno.E2BIG;
        Errno error = socket.Link(Programs);
        if (error != Errno.None) return error;
        HostSocket? old = _sockets[index];
        error = CheckLinked(socket, old is not null, flags);
        if (error != Errno.None) return error;
        _sockets[index] = socket;
        old?.Unlink(Programs);
        return Errno.None;
    }
}
