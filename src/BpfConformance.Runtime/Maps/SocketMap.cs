using System.Runtime.CompilerServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>What maps of sockets have in common, to which programs are attached (net/core/sock_map.c, 6.18).</summary>
/// <param name="definition">What was found right.</param>
internal abstract unsafe class SocketMap(MapDefinition definition) : Map(definition)
{
    private StreamPrograms _programs = new();

    /// <summary>Those that there are; set before the map is used.</summary>
    public HostSockets Sockets { get; private set; } = new();

    /// <summary>Programs get sockets, and no memory.</summary>
    public override int Elements => 0;

    protected ref readonly StreamPrograms Programs => ref _programs;

    /// <summary>What user space has of a socket: its cookie, of eight bytes, for which the number of its place stands.</summary>
    public static Errno Get(HostSocket? socket, GuestBytes value, int bytes)
    {
        if (bytes != sizeof(ulong)) return Errno.ENOSPC;
        if (socket is null) return Errno.ENOENT;
        Unsafe.WriteUnaligned(value.Data, (ulong)socket.Place);
        return Errno.None;
    }

    /// <summary>What a descriptor is, for which the number of a place stands.</summary>
    public static Errno Find(HostSockets sockets, GuestBytes value, int bytes, out HostSocket? socket)
    {
        ulong number = NumberIn(value, bytes);
        socket = sockets[number];
        return socket is not null ? Errno.None : bytes == sizeof(ulong) && number > int.MaxValue ? Errno.EINVAL : Errno.EBADF;
    }

    private static ulong NumberIn(GuestBytes value, int bytes) =>
        bytes == sizeof(ulong) ? Unsafe.ReadUnaligned<ulong>(value.Data) : Unsafe.ReadUnaligned<uint>(value.Data);

    /// <summary>A program gets the socket, and has to give it back.</summary>
    public override long Lookup(GuestBytes key) => SocketAt(key) is { } socket ? FoundSockets.Open(Sockets.Machine, socket.Place) : 0;

    /// <summary>Programs of some types may (<c>may_update_sockmap</c> of kernel/bpf/verifier.c, 6.18).</summary>
    public override long Delete(GuestBytes key) => LetsChange || Sockets.Machine->Type == ProgramType.SockOps ? Error(Remove(key)) : NotAllowed;

    internal abstract override HostSocket? SocketAt(GuestBytes key);

    /// <summary>Whether the program that runs may put sockets in, as it can hold the lock of none.</summary>
    internal bool LetsChange => Sockets.Machine->Type is ProgramType.Unspecified or ProgramType.SocketFilter or ProgramType.SchedCls or ProgramType.SchedAct
        or ProgramType.Xdp or ProgramType.SkReuseport or ProgramType.FlowDissector or ProgramType.SkLookup;

    internal override void Join(HostSockets sockets) => Sockets = sockets;

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

    public override Errno Read(GuestBytes key, GuestBytes value) => Get(SocketAt(key), value, ValueBytes);

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        ulong number = NumberIn(value, ValueBytes);
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
