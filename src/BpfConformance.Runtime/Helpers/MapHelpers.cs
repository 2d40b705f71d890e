using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What programs do with maps: r1 is the map, and then come a key, a value and flags, as far as there are any.</summary>
internal static unsafe class MapHelpers
{
    public static FaultKind LookupElem(Machine* m)
    {
        if (Known(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes key = GuestMemory.BytesToRead(m, m->Registers[2], (ulong)map.KeyBytes);
        return key.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, map.Lookup(key));
    }

    public static FaultKind LookupPercpuElem(Machine* m)
    {
        if (Known(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes key = GuestMemory.BytesToRead(m, m->Registers[2], (ulong)map.KeyBytes);
        return key.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, map.LookupOn(key, (uint)m->Registers[3]));
    }

    public static FaultKind UpdateElem(Machine* m)
    {
        if (Writable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes key = GuestMemory.BytesToRead(m, m->Registers[2], (ulong)map.KeyBytes);
        if (!key.IsNull && map is SocketMap sockets) return SocketMapHelpers.Update(m, sockets, key);
        GuestBytes value = GuestMemory.BytesToRead(m, m->Registers[3], (ulong)map.ValueBytes);
        return key.IsNull || value.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, map.Update(key, value, m->Registers[4]));
    }

    public static FaultKind DeleteElem(Machine* m)
    {
        if (Writable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes key = GuestMemory.BytesToRead(m, m->Registers[2], (ulong)map.KeyBytes);
        return key.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, map.Delete(key));
    }

    public static FaultKind PushElem(Machine* m)
    {
        if (Writable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes value = GuestMemory.BytesToRead(m, m->Registers[2], (ulong)map.ValueBytes);
        return value.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, map.Push(value, m->Registers[3]));
    }

    public static FaultKind PopElem(Machine* m)
    {
        if (Writable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes value = GuestMemory.BytesToWrite(m, m->Registers[2], (ulong)map.ValueBytes);
        return value.IsNull ? FaultKind.OutOfBoundsStore : Done(m, map.Pop(value));
    }

    public static FaultKind PeekElem(Machine* m)
    {
        if (Known(m) is not { } map) return FaultKind.InvalidPointer;
        bool isAskedFor = map.Definition.Type == MapType.BloomFilter;
        GuestBytes value = isAskedFor
            ? GuestMemory.BytesToRead(m, m->Registers[2], (ulong)map.ValueBytes)
            : GuestMemory.BytesToWrite(m, m->Registers[2], (ulong)map.ValueBytes);
        return !value.IsNull ? Done(m, map.Peek(value)) : isAskedFor ? FaultKind.OutOfBoundsLoad : FaultKind.OutOfBoundsStore;
    }

    /// <summary>A verifier lets no program do to a kind of map what it does not have.</summary>
    private static FaultKind Done(Machine* m, long result)
    {
        if (result == Map.NotAllowed) return FaultKind.InvalidPointer;
        m->Registers[0] = (ulong)result;
        return FaultKind.None;
    }

    private static Map? Known(Machine* m) => MapSet.Of(m, m->Registers[1]);

    /// <summary>
    /// Of what BPF_F_RDONLY_PROG and BPF_F_WRONLY_PROG say, helpers keep to the first alone: a map that programs may not read is looked up
    /// all the same, and its values written (record_func_map, kernel/bpf/verifier.c, 6.18).
    /// </summary>
    private static Map? Writable(Machine* m) =>
        Known(m) is { } map && !map.Definition.Flags.HasFlag(MapFlags.ReadOnlyForPrograms) ? map : null;
}
