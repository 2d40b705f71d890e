using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Jit.Il;

/// <summary>Runs a program by its index, then those that tail calls lead to, until one returns otherwise.</summary>
internal unsafe delegate ulong ProgramLoopEntry(Machine* machine, int program);

/// <summary>The method that takes programs by their index, and what tail calls do besides.</summary>
internal sealed unsafe class ProgramLoop
{
    private static readonly FieldInfo s_nextProgram = typeof(NativeRun).GetField(nameof(NativeRun.NextProgram))!; // its name is a member's
    private static readonly MethodInfo s_take = MethodWriter.Method(typeof(ProgramLoop), nameof(TakeTailCall));

    private readonly DynamicMethod _method = new("bpf_programs", typeof(ulong), [typeof(Machine*), typeof(int)], typeof(ProgramLoop).Module);
    private ProgramLoopEntry? _run;

    /// <param name="programs">In their order; they may be compiled later.</param>
    public ProgramLoop(ReadOnlySpan<LocalFunction> programs) => Write(_method.GetILGenerator(), programs);

    /// <summary>Where of a machine the fields lie that engines which emit code have to themselves.</summary>
    public static FieldInfo Native { get; } = MethodWriter.MachineField(nameof(Machine.Native));

    /// <summary>r10 of the last frame that the current program may have.</summary>
    public static FieldInfo LastFrame { get; } = typeof(NativeRun).GetField(nameof(NativeRun.LastFrame))!; // its name is a member's

    /// <summary>Runs the program with an index from the initial state.</summary>
    public ProgramEntry Entry(int program)
    {
        ProgramLoopEntry run = _run ??= Compile();
        return machine => run(machine, program);
    }

    /// <summary>Emits what takes a tail call: a fault is on IL's stack then, and in the machine which program is next.</summary>
    public static void Take(MethodWriter w)
    {
        w.PushMachine();
        w.Il.Emit(OpCodes.Call, s_take);
    }

    public static void PushNext(MethodWriter w) => PushField(w, s_nextProgram);

    public static void PushLastFrame(MethodWriter w) => PushField(w, LastFrame);

    /// <summary>Emits a call with the program that is next; r0 is on IL's stack then.</summary>
    public void Call(MethodWriter w)
    {
        w.PushMachine();
        PushNext(w);
        w.Il.Emit(OpCodes.Call, _method);
    }

    private static FaultKind TakeTailCall(Machine* m) => TailCalls.Take(m, out m->Native.NextProgram);

    private static void PushField(MethodWriter w, FieldInfo field)
    {
        w.PushMachine();
        w.Il.Emit(OpCodes.Ldflda, Native);
        w.Il.Emit(OpCodes.Ldfld, field);
    }

    private ProgramLoopEntry Compile()
    {
        ProgramLoopEntry run = _method.CreateDelegate<ProgramLoopEntry>();
        RuntimeHelpers.PrepareDelegate(run);
        return run;
    }

    private static void Write(ILGenerator il, ReadOnlySpan<LocalFunction> programs)
    {
        var labels = new Label[programs.Length];
        for (int n = 0; n < labels.Length; n++) labels[n] = il.DefineLabel();
        (Label again, Label returned) = (il.DefineLabel(), il.DefineLabel());
        LocalBuilder result = il.DeclareLocal(typeof(ulong));

        il.MarkLabel(again);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldflda, Native);
        il.Emit(OpCodes.Ldc_I4_M1);
        il.Emit(OpCodes.Stfld, s_nextProgram);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Switch, labels);
        for (int n = 0; n < labels.Length; n++)
        {
            il.MarkLabel(labels[n]);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Call, programs[n].Method);
            il.Emit(OpCodes.Stloc, result);
            il.Emit(OpCodes.Br, returned);
        }

        il.MarkLabel(returned);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldflda, Native);
        il.Emit(OpCodes.Ldfld, s_nextProgram);
        il.Emit(OpCodes.Starg_S, (byte)1);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Bge, again);
        il.Emit(OpCodes.Ldloc, result);
        il.Emit(OpCodes.Ret);
    }
}
