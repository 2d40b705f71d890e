using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_REUSEPORT_SOCKARRAY (kernel/bpf/reuseport_array.c, 6.18): sockets that share their port with others, of which programs choose one. Each
/// is in one such array, at one index.
/// </summary>
/// <param name="definition">What was found right.</param>
internal sealed class ReuseportArrayMap(MapDefinition definition) : Map(definition)
{
    private readonly HostSocket?[] _sockets = new HostSocket?[definition.MaxEntries];
    private HostSockets _all = new();

    /// <summary>Programs name sockets, and get none.</summary>
    public override int Elements => 0;

    public override Errno Read(GuestBytes key, GuestBytes value) => SocketMap.Get(SocketAt(key), value, ValueBytes);

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        uint index = ArrayRules.IndexOf(key);
        if (flags > UpdateFlags.Exist) return Errno.EINVAL;
        if (index >= (uint)MaxEntries) return Errno.E2BIG;
        Errno error = SocketMap.Find(_all, value, ValueBytes, out HostSocket? socket);
        if (socket is not null) error = Check(socket, isThere: _sockets[index] is not null, flags);
        if (error == Errno.None) Set(index, socket);
        return error;
    }

    public override Errno Remove(GuestBytes key)
    {
        uint index = ArrayRules.IndexOf(key);
        if (index >= (uint)MaxEntries) return Errno.E2BIG;
        if (_sockets[index] is null) return Errno.ENOENT;
        Set(index, null);
        return Errno.None;
    }

    public override Errno Next(GuestBytes key, GuestBytes next) => ArrayRules.Next(key, next, MaxEntries);

    public override void Clear()
    {
        for (uint index = 0; index < _sockets.Length; index++) Set(index, null);
    }

    /// <summary>Only the indices that have a socket.</summary>
    public override unsafe void Show(ref MapImageWriter image)
    {
        image.Begin(_sockets.Count(socket => socket is not null));
        for (int index = 0; index < MaxEntries; index++)
        {
            if (_sockets[index] is not { } socket) continue;
            ulong value = (ulong)socket.Place;
            image.Write(new ReadOnlySpan<byte>(&index, sizeof(int)));
            image.Write(new ReadOnlySpan<byte>(&value, ValueBytes));
        }
    }

    internal override HostSocket? SocketAt(GuestBytes key) => ArrayRules.IndexOf(key) is var index && index < (uint)MaxEntries ? _sockets[index] : null;

    internal override void Join(HostSockets sockets) => _all = sockets;

    /// <summary>reuseport_array_update_check.</summary>
    private static Errno Check(HostSocket socket, bool isThere, ulong flags) =>
        isThere && flags == UpdateFlags.NoExist ? Errno.EEXIST
        : !isThere && flags == UpdateFlags.Exist ? Errno.ENOENT
        : !SocketFields.IsInGroup(socket.Place) ? Errno.EINVAL
        : socket.IsInArray || socket.State is not null ? Errno.EBUSY
        : Errno.None;

    private void Set(uint index, HostSocket? socket)
    {
        if (_sockets[index] is { } old) old.IsInArray = false;
        _sockets[index] = socket;
        if (socket is not null) socket.IsInArray = true;
    }
}
