using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// What is stored for sockets and tasks (net/core/bpf_sk_storage.c, kernel/bpf/bpf_task_storage.c, 6.18): r1 is the map, r2 the object, and where something is
/// asked for r3 what it is to be in the beginning, or null, and r4 flags.
/// </summary>
internal static unsafe class StorageHelpers
{
    /// <summary>Where nothing is stored, something is to be (BPF_LOCAL_STORAGE_GET_F_CREATE).</summary>
    private const ulong Create = 1;

    public static FaultKind SkStorageGet(Machine* m) => SocketAt(m, m->Registers[2]) is { } socket ? Get(m, MapType.SkStorage, socket) : FaultKind.InvalidPointer;

    public static FaultKind SkStorageDelete(Machine* m) => SocketAt(m, m->Registers[2]) is { } socket ? Delete(m, MapType.SkStorage, socket) : FaultKind.InvalidPointer;

    /// <summary>Of no task nothing is stored.</summary>
    public static FaultKind TaskStorageGet(Machine* m) => m->Registers[2] switch
    {
        EnvironmentHelpers.Task => Get(m, MapType.TaskStorage, StoredObject.OfCase),
        0 => Packet.Done(m, 0),
        _ => FaultKind.InvalidPointer,
    };

    public static FaultKind TaskStorageDelete(Machine* m) => m->Registers[2] switch
    {
        EnvironmentHelpers.Task => Delete(m, MapType.TaskStorage, StoredObject.OfCase),
        0 => Packet.Done(m, Packet.InvalidArgument),
        _ => FaultKind.InvalidPointer,
    };

    /// <summary>The socket at an address, to which the context leads, or which was found; a context can be one itself.</summary>
    private static StoredObject? SocketAt(Machine* m, ulong address) =>
        SocketIdentity.IsAt(m, address) || (m->Type == ProgramType.CgroupSock && address == m->Regions[Regions.Context].Start) ? m->Socket
        : FoundSockets.Exactly(m, address) is var found && found.IsSocket() ? StoredObjects.Of(found)
        : null;

    private static FaultKind Get(Machine* m, MapType type, StoredObject which)
    {
        if (Known(m, type) is not { } map) return FaultKind.InvalidPointer;
        (ulong address, ulong flags) = (m->Registers[3], m->Registers[4]);
        GuestBytes value = address == 0 ? default : GuestMemory.BytesToRead(m, address, (ulong)map.ValueBytes);
        if (address != 0 && value.IsNull) return FaultKind.OutOfBoundsLoad;
        if (flags > Create) return Packet.Done(m, 0);
        if (flags == Create && map.AddressOf(which) == 0) map.Create(which, value);
        return Packet.Done(m, map.AddressOf(which));
    }

    private static FaultKind Delete(Machine* m, MapType type, StoredObject which) => Known(m, type) is { } map
        ? Packet.Done(m, map.TryDelete(which) ? 0 : -(long)Errno.ENOENT)
        : FaultKind.InvalidPointer;

    private static ObjectStorageMap? Known(Machine* m, MapType type) =>
        MapSet.Of(m, m->Registers[1]) is ObjectStorageMap map && map.Definition.Type == type ? map : null;
}
