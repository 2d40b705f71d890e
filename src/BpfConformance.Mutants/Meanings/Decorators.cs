using System.Numerics;
using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Mutants.Meanings;

/// <summary>What lands in a register is changed.</summary>
internal unsafe struct Result<TPlace, TChange, TOriginal> : IMeaning
    where TPlace : struct, IFetch
    where TChange : struct, IChange
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        int register = TPlace.Register(s);
        ulong before = m->Registers[register];
        Slot* next = TOriginal.Run(s, m);
        m->Registers[register] = TChange.Of(before, m->Registers[register]);
        return next;
    }
}

/// <summary>What lands in memory, at dst and the offset, is changed.</summary>
internal unsafe struct Stored<TValue, TChange, TOriginal> : IMeaning
    where TValue : unmanaged, IBinaryInteger<TValue>
    where TChange : struct, IChange
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        ulong address = m->Registers[s->Dst] + (ulong)s->Immediate;
        Region* region = GuestMemory.Find(m, address, sizeof(TValue));
        if (region == null) return TOriginal.Run(s, m);

        TValue* memory = (TValue*)(region->Base + (uint)address);
        ulong before = ulong.CreateTruncating(Unsafe.ReadUnaligned<TValue>(memory));
        Slot* next = TOriginal.Run(s, m);
        if (m->Status != RunStatus.Running) return next;
        ulong after = ulong.CreateTruncating(Unsafe.ReadUnaligned<TValue>(memory));
        Unsafe.WriteUnaligned(memory, TValue.CreateTruncating(TChange.Of(before, after)));
        return next;
    }
}

/// <summary>The byte that lies so many bytes from the address of a store is lost, where there is one.</summary>
internal unsafe struct HitsNeighbor<TDistance, TOriginal> : IMeaning
    where TDistance : struct, INumber
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        ulong address = m->Registers[s->Dst] + (ulong)(s->Immediate + TDistance.Value);
        Slot* next = TOriginal.Run(s, m);
        Region* region = GuestMemory.Find(m, address, sizeof(byte));
        if (m->Status == RunStatus.Running && region != null) region->Base[(uint)address] ^= byte.MaxValue;
        return next;
    }
}

/// <summary>A register that the instruction does not name is lost.</summary>
internal unsafe struct Clobbers<TRegister, TPlace, TOriginal> : IMeaning
    where TRegister : struct, INumber
    where TPlace : struct, IFetch
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        Slot* next = TOriginal.Run(s, m);
        if (TRegister.Value != TPlace.Register(s)) m->Registers[TRegister.Value] = ~m->Registers[TRegister.Value];
        return next;
    }
}

/// <summary>The result lands in another register.</summary>
internal unsafe struct Misplaced<TFrom, TTo, TOriginal> : IMeaning
    where TFrom : struct, IFetch
    where TTo : struct, IFetch
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        (int from, int to) = (TFrom.Register(s), TTo.Register(s));
        ulong before = m->Registers[from];
        Slot* next = TOriginal.Run(s, m);
        ulong result = m->Registers[from];
        m->Registers[from] = before;
        m->Registers[to] = result;
        return next;
    }
}

/// <summary>A register is read where another one should be.</summary>
internal unsafe struct Copies<TFrom, TTo, TOriginal> : IMeaning
    where TFrom : struct, IFetch
    where TTo : struct, IFetch
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        m->Registers[TTo.Register(s)] = m->Registers[TFrom.Register(s)];
        return TOriginal.Run(s, m);
    }
}

/// <summary>The value of src is changed while the instruction runs; not where src is the address, too.</summary>
internal unsafe struct ReadsSrc<TChange, TOriginal> : IMeaning
    where TChange : struct, IChange
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        if (s->Src == s->Dst) return TOriginal.Run(s, m);
        ulong value = m->Registers[s->Src];
        m->Registers[s->Src] = TChange.Of(value, value);
        Slot* next = TOriginal.Run(s, m);
        m->Registers[s->Src] = value;
        return next;
    }
}

/// <summary>Defective in some cases only.</summary>
internal unsafe struct When<TCase, TDefect, TOriginal> : IMeaning
    where TCase : struct, ICase
    where TDefect : struct, IMeaning
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => TCase.Holds(s, m) ? TDefect.Run(s, m) : TOriginal.Run(s, m);
}

/// <summary>The instruction faults.</summary>
internal unsafe struct Faults : IMeaning
{
    public static Slot* Run(Slot* s, Machine* m) => Ending.Fault(s, m, FaultKind.InvalidPointer);
}

/// <summary>The instruction does nothing.</summary>
internal unsafe struct DoesNothing : IMeaning
{
    public static Slot* Run(Slot* s, Machine* m) => s + 1;
}

/// <summary>The instruction ends the program, and r0 is 0.</summary>
internal unsafe struct EndsProgram : IMeaning
{
    public static Slot* Run(Slot* s, Machine* m)
    {
        m->Registers[(int)Register.R0] = 0;
        m->Status = RunStatus.Returned;
        return (Slot*)m->Halt;
    }
}

/// <summary>What should end the run in a fault is passed over.</summary>
internal unsafe struct PassesFaults<TOriginal> : IMeaning
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        Slot* next = TOriginal.Run(s, m);
        if (m->Status != RunStatus.Faulted) return next;
        (m->Status, m->Fault, m->FaultPc) = (RunStatus.Running, FaultKind.None, -1);
        return s + 1;
    }
}
