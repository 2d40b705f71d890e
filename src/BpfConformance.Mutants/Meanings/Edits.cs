using System.Runtime.CompilerServices;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Mutants.Meanings;

/// <summary>How the fields of an instruction are misread.</summary>
internal unsafe interface IEdit
{
    static abstract void Apply(Slot* s, Machine* m);
}

/// <summary>The instruction runs with fields that are not its own.</summary>
internal unsafe struct Misread<TEdit, TOriginal> : IMeaning
    where TEdit : struct, IEdit
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        Slot read = *s;
        TEdit.Apply(s, m);
        Slot* next = TOriginal.Run(s, m);
        *s = read;
        return next;
    }
}

/// <summary>The immediate, or the offset of a memory access.</summary>
internal unsafe struct Immediate<TChange> : IEdit
    where TChange : struct, IChange
{
    public static void Apply(Slot* s, Machine* m) =>
        s->Immediate = (long)TChange.Of((ulong)s->Immediate, (ulong)s->Immediate);
}

/// <summary>The immediate of an instruction that has an offset, too.</summary>
internal unsafe struct StoreImmediate<TChange> : IEdit
    where TChange : struct, IChange
{
    public static void Apply(Slot* s, Machine* m) =>
        s->StoreImmediate = (int)TChange.Of((ulong)s->StoreImmediate, (ulong)s->StoreImmediate);
}

internal unsafe struct DstIs<TRegister> : IEdit
    where TRegister : struct, INumber
{
    public static void Apply(Slot* s, Machine* m) => s->Dst = (byte)TRegister.Value;
}

internal unsafe struct SrcIs<TRegister> : IEdit
    where TRegister : struct, INumber
{
    public static void Apply(Slot* s, Machine* m) => s->Src = (byte)TRegister.Value;
}

/// <summary>dst is taken for src, and src for dst; r10 stays read-only.</summary>
internal unsafe struct SwappedRegisters : IEdit
{
    public static void Apply(Slot* s, Machine* m) => (s->Dst, s->Src) = (s->Src, s->Dst);
}

/// <summary>The address loses the bits below the size of the access.</summary>
internal unsafe struct AlignedDown<TPlace, TValue> : IEdit
    where TPlace : struct, IFetch
    where TValue : unmanaged
{
    public static void Apply(Slot* s, Machine* m)
    {
        ulong address = m->Registers[TPlace.Register(s)] + (ulong)s->Immediate;
        s->Immediate -= (long)(address & (ulong)(sizeof(TValue) - 1));
    }
}
