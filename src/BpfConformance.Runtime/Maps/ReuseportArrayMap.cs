using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_REUSEPORT_SOCKARRAY (kernel/bpf/reuseport_array.c, 6.18): sockets that share their port with others, of which programs choose one. Each
/// is in one such array, at one index.
/// </summary>
/// <param name="definition">What was found right.</param>
internal sealed class ReuseportArrayMap(MapDefinition definition) : Map(definition)
{
    private readonly NetworkPlace[] _sockets = new NetworkPlace[definition.MaxEntries];
    private SocketHolders _holders = new();

    /// <summary>Programs name sockets, and get none.</summary>
    public override int Elements => 0;

    public override NetworkPlace SocketAt(GuestBytes key) => ArrayRules.IndexOf(key) is var index && index < (uint)MaxEntries ? _sockets[index] : default;

    public override Errno Read(GuestBytes key, GuestBytes value) => SocketValue.Write(SocketAt(key), value, ValueBytes);

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        uint index = ArrayRules.IndexOf(key);
        if (flags > UpdateFlags.Exist) return Errno.EINVAL;
        if (index >= (uint)MaxEntries) return Errno.E2BIG;
        Errno error = SocketValue.Read(value, ValueBytes, out NetworkPlace socket);
        if (error == Errno.None) error = Check(socket, isThere: _sockets[index] != default, flags);
        if (error == Errno.None) Set(index, socket);
        return error;
    }

    public override Errno Remove(GuestBytes key)
    {
        uint index = ArrayRules.IndexOf(key);
        if (index >= (uint)MaxEntries) return Errno.E2BIG;
        if (_sockets[index] == default) return Errno.ENOENT;
        Set(index, default);
        return Errno.None;
    }

    public override Errno Next(GuestBytes key, GuestBytes next) => ArrayRules.Next(key, next, MaxEntries);

    public override void Clear()
    {
        for (uint index = 0; index < _sockets.Length; index++) Set(index, default);
    }

    /// <summary>Only the indices that have a socket.</summary>
    public override unsafe void Show(ref MapImageWriter image)
    {
        image.Begin(_sockets.Count(socket => socket != default));
        for (int index = 0; index < MaxEntries; index++)
        {
            if (_sockets[index] == default) continue;
            ulong value = (ulong)_sockets[index];
            image.Write(new ReadOnlySpan<byte>(&index, sizeof(int)));
            image.Write(new ReadOnlySpan<byte>(&value, ValueBytes));
        }
    }

    internal override void Share(SocketHolders holders) => _holders = holders;

    /// <summary>reuseport_array_update_check.</summary>
    private Errno Check(NetworkPlace socket, bool isThere, ulong flags) =>
        isThere && flags == UpdateFlags.NoExist ? Errno.EEXIST
        : !isThere && flags == UpdateFlags.Exist ? Errno.ENOENT
        : !HostSocket.IsInGroup(socket) ? Errno.EINVAL
        : _holders.Has(socket) ? Errno.EBUSY
        : Errno.None;

    private void Set(uint index, NetworkPlace socket)
    {
        if (_sockets[index] != default) _holders.Remove(_sockets[index], isArray: true);
        _sockets[index] = socket;
        if (socket != default) _holders.Add(socket, isArray: true);
    }
}
