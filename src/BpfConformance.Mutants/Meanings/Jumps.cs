using System.Runtime.CompilerServices;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Mutants.Meanings;

/// <summary>Where a defect leads: never outside the program, and never into an instruction.</summary>
internal static unsafe class Landing
{
    public static Slot* At(Slot* s, Machine* m, long pc)
    {
        Slot* target = Find(s, m, pc);
        return target == null ? Faults.Run(s, m) : Ending.Enter(target, m);
    }

    /// <summary>The slot of a pc; null where no instruction begins.</summary>
    public static Slot* Find(Slot* s, Machine* m, long pc)
    {
        Slot* first = s - s->Pc;
        long count = (Slot*)m->Halt - first;
        return pc >= 0 && pc < count && first[pc].Handler != null ? first + pc : null;
    }
}

/// <summary>The distance of a jump or call is misread, when it is taken.</summary>
internal unsafe struct Lands<TChange, TOriginal> : IMeaning
    where TChange : struct, IChange
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        Slot* next = TOriginal.Run(s, m);
        if (next != s->Target || m->Status != RunStatus.Running) return next;
        var distance = (ulong)(next - (s + 1));
        return Landing.At(s, m, s->Pc + 1 + (long)TChange.Of(distance, distance));
    }
}

/// <summary>A jump whose distance counts a wide instruction as one.</summary>
internal unsafe struct CountsInstructions<TOriginal> : IMeaning
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        Slot* next = TOriginal.Run(s, m);
        if (next != s->Target || m->Status != RunStatus.Running) return next;
        long distance = next - (s + 1);
        int step = Math.Sign(distance);
        long pc = s->Pc + 1;
        for (long left = Math.Abs(distance); left > 0; left--)
        {
            pc += step;
            if (Landing.Find(s, m, pc) == null) pc += step; // the second half of a wide instruction, or outside
        }

        return Landing.At(s, m, pc);
    }
}

/// <summary>A jump that is not taken skips the next instruction.</summary>
internal unsafe struct SkipsNext<TOriginal> : IMeaning
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        Slot* next = TOriginal.Run(s, m);
        return next == s + 1 && next != s->Target && m->Status == RunStatus.Running
            ? Landing.At(s, m, s->Pc + 2)
            : next;
    }
}

/// <summary>Goes on so many slots after its own.</summary>
internal unsafe struct GoesOn<TDistance, TOriginal> : IMeaning
    where TDistance : struct, INumber
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        Slot* next = TOriginal.Run(s, m);
        return m->Status == RunStatus.Running ? Landing.At(s, m, s->Pc + TDistance.Value) : next;
    }
}

/// <summary>dst becomes what the comparison computed on the way.</summary>
internal unsafe struct WritesComparison<TOperation, TSource, TOriginal> : IMeaning
    where TOperation : struct, IAluOperation
    where TSource : struct, ISource
    where TOriginal : struct, IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m)
    {
        ulong computed = TOperation.Apply(m->Registers[s->Dst], TSource.Read(s, m));
        Slot* next = TOriginal.Run(s, m);
        m->Registers[s->Dst] = computed;
        return next;
    }
}
