using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Mutants.Meanings;

/// <summary>A local call that keeps something else than the caller's register.</summary>
internal unsafe struct LosesKept<TRegister, TOriginal> : IMeaning
    where TRegister : struct, INumber
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        Slot* next = TOriginal.Run(s, m);
        if (m->Status != RunStatus.Running) return next;
        ulong* kept = &m->Frames[m->Depth].R6;
        kept[TRegister.Value - (int)Register.R6] = ~kept[TRegister.Value - (int)Register.R6];
        return next;
    }
}

/// <summary>A local call after which r10 still points to the end of the caller's stack.</summary>
internal unsafe struct SharesStack<TOriginal> : IMeaning
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        ulong frame = m->Registers[(int)Register.R10];
        Slot* next = TOriginal.Run(s, m);
        m->Registers[(int)Register.R10] = frame;
        return next;
    }
}

/// <summary>A local call that returns to another instruction.</summary>
internal unsafe struct ReturnsTo<TDistance, TOriginal> : IMeaning
    where TDistance : struct, INumber
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        Slot* target = Landing.Find(s, m, s->Pc + TDistance.Value);
        if (target == null) return Faults.Run(s, m);
        Slot* next = TOriginal.Run(s, m);
        if (m->Status == RunStatus.Running) m->Frames[m->Depth].Return = target;
        return next;
    }
}

/// <summary>So many frames are too many.</summary>
internal unsafe struct FrameLimit<TFrames, TOriginal> : IMeaning
    where TFrames : struct, INumber
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) =>
        m->Depth + 1 == TFrames.Value ? Ending.Fault(s, m, FaultKind.TooManyFrames) : TOriginal.Run(s, m);
}

/// <summary>A helper whose number is a little off.</summary>
internal unsafe struct CallsHelper<TDistance> : IMeaning
    where TDistance : struct, INumber
{
    public static Slot* Run(Slot* s, Machine* m)
    {
        ulong number = (ulong)(s->Immediate + TDistance.Value);
        delegate*<Machine*, FaultKind> helper = HelperSet.Find(number);
        FaultKind fault = helper == null ? FaultKind.UnknownHelper : HelperCall.Invoke(m, number, helper);
        return fault == FaultKind.None ? s + 1 : Ending.Fault(s, m, fault);
    }
}

/// <summary>A call that passes something else in a register; it is gone afterwards, in any case.</summary>
internal unsafe struct Passes<TRegister, TChange, TOriginal> : IMeaning
    where TRegister : struct, INumber
    where TChange : struct, IChange
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        ref ulong argument = ref m->Registers[TRegister.Value];
        argument = TChange.Of(argument, argument);
        return TOriginal.Run(s, m);
    }
}

/// <summary>A call that passes in each of two registers what is in the other.</summary>
internal unsafe struct Swaps<TFirst, TSecond, TOriginal> : IMeaning
    where TFirst : struct, INumber
    where TSecond : struct, INumber
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        (m->Registers[TFirst.Value], m->Registers[TSecond.Value]) = (m->Registers[TSecond.Value], m->Registers[TFirst.Value]);
        return TOriginal.Run(s, m);
    }
}

/// <summary>A packet load outside the packet gives something else than the end of the function and 0.</summary>
internal unsafe struct Outside<TChange, TOriginal> : IMeaning
    where TChange : struct, IChange
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        ulong before = m->Registers[0];
        Slot* next = TOriginal.Run(s, m);
        if (next != s + 1) m->Registers[0] = TChange.Of(before, 0);
        return next;
    }
}

/// <summary>A packet load outside the packet that does not end the program.</summary>
internal unsafe struct GoesOnOutside<TOriginal> : IMeaning
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        Slot* next = TOriginal.Run(s, m);
        if (m->Status != RunStatus.Returned) return next;
        m->Status = RunStatus.Running;
        return s + 1;
    }
}

/// <summary>EXIT that ends the program wherever it stands.</summary>
internal unsafe struct StopsHere : IMeaning
{
    public static Slot* Run(Slot* s, Machine* m)
    {
        m->Status = RunStatus.Returned;
        return (Slot*)m->Halt;
    }
}
