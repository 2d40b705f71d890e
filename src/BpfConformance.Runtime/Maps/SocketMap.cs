using System.Runtime.CompilerServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>What maps of sockets have in common, to which programs are attached (net/core/sock_map.c, 6.18).</summary>
/// <param name="definition">What was found right.</param>
internal abstract unsafe class SocketMap(MapDefinition definition) : Map(definition)
{
    private StreamPrograms _programs = new();

    /// <summary>Those that there are; set before the map is used.</summary>
    public HostSockets Sockets { get; set; } = new();

    /// <summary>Programs get sockets, and no memory.</summary>
    public override int Elements => 0;

    protected ref readonly StreamPrograms Programs => ref _programs;

    /// <summary>The socket that a key leads to; <c>null</c>: there is none.</summary>
    public abstract HostSocket? SocketAt(GuestBytes key);

    /// <summary>What sockets that come into the map run from now on; a program that is there is replaced (<c>sock_map_prog_update</c>).</summary>
    public Errno Attach(int program, StreamHook hook)
    {
        if (HasOtherVerdict(hook)) return Errno.EBUSY;
        _programs[hook] = program;
        return Errno.None;
    }

    /// <summary>The opposite.</summary>
    public Errno Detach(int program, StreamHook hook)
    {
        if (HasOtherVerdict(hook)) return Errno.EBUSY;
        if (_programs[hook] != program) return Errno.ENOENT;
        _programs[hook] = StreamPrograms.None;
        return Errno.None;
    }

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        if (ValueBytes != sizeof(ulong)) return Errno.ENOSPC; // of a cookie
        if (SocketAt(key) is not { } socket) return Errno.ENOENT;
        Unsafe.WriteUnaligned(value.Data, (ulong)socket.Place);
        return Errno.None;
    }

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        ulong number = ValueBytes == sizeof(ulong) ? Unsafe.ReadUnaligned<ulong>(value.Data) : Unsafe.ReadUnaligned<uint>(value.Data);
        if (number > int.MaxValue) return Errno.EINVAL;
        return Sockets[number] is { } socket ? Put(key, socket, flags) : Errno.EBADF;
    }

    public override void Clear() => _programs = new StreamPrograms();

    /// <summary>Puts a socket in, of which nothing more is asked.</summary>
    public abstract Errno Put(GuestBytes key, HostSocket socket, ulong flags);

    /// <summary>Whether there is a verdict of the other kind: a map has no two (<c>sock_map_prog_lookup</c>).</summary>
    private bool HasOtherVerdict(StreamHook hook) =>
        (hook == StreamHook.Verdict && _programs.Has(StreamHook.PacketVerdict)) || (hook == StreamHook.PacketVerdict && _programs.Has(StreamHook.Verdict));

    /// <summary>An entry is about to have another socket, which has its link by now; why it has not after all.</summary>
    protected static Errno CheckLinked(HostSocket socket, bool exists, ulong flags, bool isFull = false)
    {
        Errno error = HashRules.CheckExists(exists, flags);
        if (error == Errno.None && isFull && !exists) error = Errno.E2BIG;
        if (error != Errno.None) socket.Drop();
        return error;
    }
}
