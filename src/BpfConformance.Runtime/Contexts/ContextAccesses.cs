using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// Accesses of regions that have fields. They are decided by the table, not by bounds: a field of 32 bits may give a pointer of 64, and
/// what may be read may not be written.
/// </summary>
public static unsafe class ContextAccesses
{
    /// <summary>The field that an access touches; null: the address is in no such region, or may not be touched so.</summary>
    public static ContextCell* Find(Machine* m, ulong address, int bytes, ContextAccess access, out Region* region)
    {
        region = GuestMemory.RegionOf(m, address);
        if (region == null || region->Fields == null) return null;
        ulong offset = address - region->Start;
        return offset < region->FieldBytes && (ulong)bytes <= region->FieldBytes - offset ? region->Fields->Find((int)offset, bytes, access) : null;
    }

    /// <summary>What a load gives; whether it may be made.</summary>
    public static bool TryLoad(Machine* m, ulong address, int bytes, bool extendsSign, out ulong value)
    {
        ContextCell* cell = Find(m, address, bytes, extendsSign ? ContextAccess.SignedLoad : ContextAccess.Load, out Region* region);
        value = cell == null ? 0
            : cell->Value == ContextValue.Number ? NumberAt(region->Base + (address - region->Start), bytes, extendsSign)
            : PointerIn(m, cell, out _);
        return cell != null;
    }

    /// <summary>Stores the low bytes of a value, of which the field may keep fewer or none; whether that may be done.</summary>
    public static bool TryStore(Machine* m, ulong address, int bytes, ulong value)
    {
        ContextCell* cell = Find(m, address, bytes, ContextAccess.Store, out Region* region);
        if (cell == null || cell->Ignores(value)) return cell != null;
        new ReadOnlySpan<byte>(&value, bytes).CopyTo(new Span<byte>(region->Base + (address - region->Start), bytes));
        Keep(region, cell);
        return true;
    }

    /// <summary>The pointer that a field gives, and its <see cref="Provenance"/>; 0 where it may be null and is.</summary>
    public static ulong PointerIn(Machine* m, ContextCell* cell, out uint provenance)
    {
        int region = cell->Value switch
        {
            ContextValue.PacketData or ContextValue.PacketEnd or ContextValue.PacketMeta or ContextValue.TracepointBuffer => Regions.Data,
            ContextValue.Socket or ContextValue.SocketOrNull or ContextValue.SocketCommonOrNull => Regions.Socket,
            ContextValue.FlowKeys => Regions.FlowKeys,
            ContextValue.HookState => Regions.HookState,
            ContextValue.DummyState or ContextValue.DummyStateOrNull => Regions.DummyState,
            ContextValue.KernelObject => Regions.None,
            ContextValue.Number or ContextValue.ByBtf => throw new SwitchExpressionException(cell->Value), // no pointers
        };
        Region* target = m->Regions + region;
        bool isNull = region == Regions.Socket && target->Length == 0 && (target->Fields == null || IsMigrating(m, cell)); // what is no socket is there
        if (cell->Value == ContextValue.KernelObject) Packet.LeaveOpen(m); // what is in it only a kernel knows
        provenance = isNull ? Provenance.Scalar : Provenance.PointerTo(region);
        return isNull ? 0 : target->Start + cell->Value switch
        {
            ContextValue.PacketData => m->PacketMetaBytes,
            ContextValue.PacketEnd => target->Length,
            _ => 0,
        };
    }

    /// <summary>The socket of a connection that another is to take over (migrating_sk): no datagram has any.</summary>
    private static bool IsMigrating(Machine* m, ContextCell* cell) =>
        cell->Value == ContextValue.SocketCommonOrNull && m->Type == ProgramType.SkReuseport;

    /// <summary>After a store: what the kernel does not keep of it is gone.</summary>
    public static void Keep(Region* region, ContextCell* cell) =>
        new Span<byte>(region->Base + cell->Offset + cell->KeptBytes, cell->SizeBytes - cell->KeptBytes).Clear();

    private static ulong NumberAt(byte* bytes, int count, bool extendsSign) => count switch
    {
        sizeof(byte) => extendsSign ? (ulong)*(sbyte*)bytes : *bytes,
        sizeof(ushort) => extendsSign ? (ulong)Unsafe.ReadUnaligned<short>(bytes) : Unsafe.ReadUnaligned<ushort>(bytes),
        sizeof(uint) => extendsSign ? (ulong)Unsafe.ReadUnaligned<int>(bytes) : Unsafe.ReadUnaligned<uint>(bytes),
        _ => Unsafe.ReadUnaligned<ulong>(bytes),
    };
}
