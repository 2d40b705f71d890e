using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>
/// What a sanitised run knows of dynamic pointers: where one is, its bytes are nothing that a program may read, and what is written over them
/// makes an end of it.
/// </summary>
internal static unsafe class DynptrShadow
{
    /// <summary>One that is to be made needs room on a stack; one that is there may also be given to a function that is called back.</summary>
    public static FaultKind Check(Machine* m, int register, HelperArgument argument)
    {
        uint provenance = m->Provenance[register];
        uint region = Provenance.RegionOf(provenance);
        bool isMade = argument.Has(ArgumentFlags.Written);
        bool isOnStack = region >= m->FirstStack && region < m->RegionCount;
        bool isGiven = !isMade && !argument.Has(ArgumentFlags.Released) && region >= m->FirstKey && region < m->FirstReservation;
        bool isThere = Provenance.IsPointer(provenance) && (provenance & Provenance.VolatileOffset) == 0 && (isOnStack || isGiven)
            && m->Registers[register] % sizeof(ulong) == 0;
        if (!isThere) return FaultKind.InvalidPointer;
        Span<byte> shadow = Of(m, register);
        return !shadow.IsEmpty && (isMade || !shadow.ContainsAnyExcept(ByteShadow.Dynptr)) ? FaultKind.None : FaultKind.InvalidPointer;
    }

    /// <summary>One is made, or given back.</summary>
    public static void Mark(Machine* m, int register, HelperArgument argument)
    {
        if (argument.Has(ArgumentFlags.Written)) Of(m, register).Fill(ByteShadow.Dynptr);
        else if (argument.Has(ArgumentFlags.Released)) Of(m, register).Clear(); // uninitialized
    }

    private static Span<byte> Of(Machine* m, int register)
    {
        ulong address = m->Registers[register];
        Region* region = GuestMemory.Find(m, address, Dynptr.SizeBytes);
        return region == null ? [] : new Span<byte>(region->Shadow + (uint)address, Dynptr.SizeBytes);
    }
}
