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
        if (Readable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes key = MachineMemory.BytesToRead(m, m->Registers[2], (ulong)map.KeyBytes);
        return key.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, map.Lookup(key));
    }

    public static FaultKind LookupPercpuElem(Machine* m)
    {
        if (Readable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes key = MachineMemory.BytesToRead(m, m->Registers[2], (ulong)map.KeyBytes);
        return key.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, map.LookupOn(key, (uint)m->Registers[3]));
    }

    public static FaultKind UpdateElem(Machine* m)
    {
        if (Writable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes key = MachineMemory.BytesToRead(m, m->Registers[2], (ulong)map.KeyBytes);
        GuestBytes value = MachineMemory.BytesToRead(m, m->Registers[3], (ulong)map.ValueBytes);
        return key.IsNull || value.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, map.Update(key, value, m->Registers[4]));
    }

    public static FaultKind DeleteElem(Machine* m)
    {
        if (Writable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes key = MachineMemory.BytesToRead(m, m->Registers[2], (ulong)map.KeyBytes);
        return key.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, map.Delete(key));
    }

    public static FaultKind PushElem(Machine* m)
    {
        if (Writable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes value = MachineMemory.BytesToRead(m, m->Registers[2], (ulong)map.ValueBytes);
        return value.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, map.Push(value, m->Registers[3]));
    }

    public static FaultKind PopElem(Machine* m)
    {
        if (Writable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes value = MachineMemory.BytesToWrite(m, m->Registers[2], (ulong)map.ValueBytes);
        return value.IsNull ? FaultKind.OutOfBoundsStore : Done(m, map.Pop(value));
    }

    public static FaultKind PeekElem(Machine* m)
    {
        if (Readable(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes value = MachineMemory.BytesToWrite(m, m->Registers[2], (ulong)map.ValueBytes);
        return value.IsNull ? FaultKind.OutOfBoundsStore : Done(m, map.Peek(value));
    }

    /// <summary>A verifier lets no program do to a kind of map what it does not have.</summary>
    private static FaultKind Done(Machine* m, long result)
    {
        if (result == Map.NotAllowed) return FaultKind.InvalidPointer;
        m->Registers[0] = (ulong)result;
        return FaultKind.None;
    }

    private static Map? Readable(Machine* m) => Allowed(m, MapFlags.WriteOnlyForPrograms);

    private static Map? Writable(Machine* m) => Allowed(m, MapFlags.ReadOnlyForPrograms);

    private static Map? Allowed(Machine* m, MapFlags forbidden) =>
        MapSet.Of(m, m->Registers[1]) is { } map && (map.Definition.Flags & forbidden) == MapFlags.None ? map : null;
}
