using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What programs do with dynamic pointers (kernel/bpf/helpers.c and ringbuf.c, 6.18). Offsets and lengths have 32 bits, the rest of a register does not matter.</summary>
internal static unsafe class DynptrHelpers
{
    /// <summary>r4 becomes a pointer to r2 bytes at r1, which are in a value of a map; r3 are flags.</summary>
    public static FaultKind FromMem(Machine* m)
    {
        (ulong address, ulong size, ulong flags) = (m->Registers[1], m->Registers[2], m->Registers[3]);
        byte* room = GuestMemory.Writable(m, m->Registers[4], Dynptr.SizeBytes);
        if (room == null || GuestMemory.Writable(m, address, size) == null) return FaultKind.OutOfBoundsStore;
        long region = GuestMemory.RegionOf(m, address) - m->Regions;
        if (region < Regions.MapValues || region >= m->FirstKey) return FaultKind.InvalidPointer;
        Errno error = size > Dynptr.MaxBytes ? Errno.E2BIG : flags != 0 ? Errno.EINVAL : Errno.None;
        Dynptr made = error == Errno.None ? new Dynptr { Address = address, Bytes = (uint)size, Kind = DynptrKind.Local } : default;
        made.Write(room);
        return Done(m, error);
    }

    /// <summary>r1 gets r2 bytes from offset r4 of what r3 leads to; r5 are flags.</summary>
    public static FaultKind Read(Machine* m)
    {
        ulong count = m->Registers[2];
        uint offset = (uint)m->Registers[4];
        GuestBytes target = GuestMemory.BytesToWrite(m, m->Registers[1], count);
        if (target.IsNull) return FaultKind.OutOfBoundsStore;
        if (!Dynptr.TryRead(m, m->Registers[3], out Dynptr from)) return FaultKind.InvalidPointer;
        if (from.Kind == DynptrKind.Null || m->Registers[5] != 0) return Done(m, Errno.EINVAL);
        if (!from.Has(offset, count)) return Done(m, Errno.E2BIG);
        GuestBytes source = GuestMemory.BytesToRead(m, from.Address + offset, count);
        if (source.IsNull) return FaultKind.InvalidPointer;
        source.CopyTo(target, (int)count);
        return Done(m, Errno.None);
    }

    /// <summary>r4 bytes at r3 go to offset r2 of what r1 leads to; r5 are flags, which are looked at last.</summary>
    public static FaultKind Write(Machine* m)
    {
        ulong count = m->Registers[4];
        uint offset = (uint)m->Registers[2];
        GuestBytes source = GuestMemory.BytesToRead(m, m->Registers[3], count);
        if (source.IsNull) return FaultKind.OutOfBoundsLoad;
        if (!Dynptr.TryRead(m, m->Registers[1], out Dynptr to)) return FaultKind.InvalidPointer;
        if (to.Kind == DynptrKind.Null) return Done(m, Errno.EINVAL);
        if (!to.Has(offset, count)) return Done(m, Errno.E2BIG);
        if (m->Registers[5] != 0) return Done(m, Errno.EINVAL);
        GuestBytes target = GuestMemory.BytesToWrite(m, to.Address + offset, count);
        if (target.IsNull) return FaultKind.InvalidPointer;
        source.CopyTo(target, (int)count);
        return Done(m, Errno.None);
    }

    /// <summary>The address of r3 bytes from offset r2 of what r1 leads to; 0: there are not as many.</summary>
    public static FaultKind Data(Machine* m)
    {
        if (!Dynptr.TryRead(m, m->Registers[1], out Dynptr from)) return FaultKind.InvalidPointer;
        uint offset = (uint)m->Registers[2];
        m->Registers[0] = from.Kind != DynptrKind.Null && from.Has(offset, (uint)m->Registers[3]) ? from.Address + offset : 0;
        return FaultKind.None;
    }

    /// <summary>r4 becomes a pointer to a record of r2 bytes in r1; r3 are flags.</summary>
    public static FaultKind RingBufferReserve(Machine* m)
    {
        if (RingBufferHelpers.Known(m) is not { } map) return FaultKind.InvalidPointer;
        uint size = (uint)m->Registers[2];
        byte* room = GuestMemory.Writable(m, m->Registers[4], Dynptr.SizeBytes);
        if (room == null) return FaultKind.OutOfBoundsStore;
        Errno error = m->Registers[3] != 0 ? Errno.EINVAL : size > Dynptr.MaxBytes ? Errno.E2BIG : Errno.None;
        Region* region = error == Errno.None ? RingBufferHelpers.TryReserve(m, map, size) : null;
        Dynptr made = region == null ? default : new Dynptr { Address = region->Start, Bytes = size, Kind = DynptrKind.RingBuffer };
        made.Write(room);
        return Done(m, error == Errno.None && region == null ? Errno.EINVAL : error);
    }

    public static FaultKind RingBufferSubmit(Machine* m) => Commit(m, isDiscarded: false);

    public static FaultKind RingBufferDiscard(Machine* m) => Commit(m, isDiscarded: true);

    /// <summary>One that leads to nothing is given back, too.</summary>
    private static FaultKind Commit(Machine* m, bool isDiscarded)
    {
        byte* room = GuestMemory.Writable(m, m->Registers[1], Dynptr.SizeBytes);
        if (room == null || !Dynptr.TryRead(m, m->Registers[1], out Dynptr made)) return FaultKind.InvalidPointer;
        if (made.Kind == DynptrKind.Null) return FaultKind.None;
        bool isRight = made.Kind == DynptrKind.RingBuffer && RingBufferHelpers.TryCommit(m, made.Address, isDiscarded);
        if (!isRight) return FaultKind.InvalidPointer;
        default(Dynptr).Write(room);
        return FaultKind.None;
    }

    private static FaultKind Done(Machine* m, Errno error)
    {
        m->Registers[0] = unchecked((ulong)-(long)error);
        return FaultKind.None;
    }
}
