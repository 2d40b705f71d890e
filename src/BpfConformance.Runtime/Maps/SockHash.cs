using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_SOCKHASH (net/core/sock_map.c, 6.18): sockets by any key; their order is that of hashes with a seed of zero.</summary>
/// <param name="definition">What was found right.</param>
internal sealed unsafe class SockHash(MapDefinition definition) : SocketMap(definition)
{
    private readonly HashIndex _index = new(definition.MaxEntries, definition.KeyBytes, hasSpare: false);
    private readonly HostSocket[] _sockets = new HostSocket[definition.MaxEntries + 1];

    internal override HostSocket? SocketAt(GuestBytes key)
    {
        int element = _index.Find(key.Data);
        return element == HashIndex.None ? null : _sockets[element];
    }

    public override Errno Remove(GuestBytes key)
    {
        int element = _index.Find(key.Data);
        if (element == HashIndex.None) return Errno.ENOENT;
        _index.Remove(element);
        _sockets[element].Unlink(Programs);
        return Errno.None;
    }

    public override Errno Next(GuestBytes key, GuestBytes next)
    {
        int after = _index.Next(key.IsNull ? HashIndex.None : _index.Find(key.Data));
        if (after == HashIndex.None) return Errno.ENOENT;
        _index.Key(after).CopyTo(new Span<byte>(next.Data, KeyBytes));
        return Errno.None;
    }

    public override void Clear()
    {
        base.Clear();
        _index.Clear();
    }

    public override void Show(ref MapImageWriter image)
    {
        image.Begin(_index.Count);
        foreach (int element in _index.Sorted())
        {
            ulong place = (ulong)_sockets[element].Place;
            image.Write(_index.Key(element));
            image.Write(new ReadOnlySpan<byte>(&place, ValueBytes));
        }
    }

    public override Errno Put(GuestBytes key, HostSocket socket, ulong flags)
    {
        if (flags > UpdateFlags.Exist) return Errno.EINVAL;
        Errno error = socket.Link(Programs);
        if (error != Errno.None) return error;
        uint hash = _index.HashOf(key.Data);
        int old = _index.Find(key.Data, hash);
        error = CheckLinked(socket, old != HashIndex.None, flags, isFull: _index.Count == MaxEntries);
        if (error != Errno.None) return error;
        int element = old == HashIndex.None ? _index.Add(key.Data, hash) : _index.Replace(old, key.Data, hash);
        _sockets[element] = socket;
        if (old != HashIndex.None) _sockets[old].Unlink(Programs);
        return Errno.None;
    }

    protected override void Dispose(bool disposing)
    {
        _index.Dispose();
        base.Dispose(disposing);
    }
}
