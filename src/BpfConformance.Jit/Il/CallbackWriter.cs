using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Jit.Il;

/// <summary>Calls of helpers that call functions of the program: the helper says which is next, and with what; the calls are made here.</summary>
internal sealed class CallbackWriter(MethodWriter w, BlockWriter block, ProgramCode program, CallWriter calls)
{
    private static readonly MethodInfo s_begin = MethodWriter.Method(typeof(Callbacks), nameof(Callbacks.Begin));
    private static readonly MethodInfo s_next = MethodWriter.Method(typeof(Callbacks), nameof(Callbacks.Next));

    private LocalBuilder? _result;
    private LocalBuilder? _function;

    /// <summary>r1 to r5 are lost, as after any call; all others are those of the caller.</summary>
    public void Call(int helper)
    {
        _result ??= w.Il.DeclareLocal(typeof(ulong));
        _function ??= w.Il.DeclareLocal(typeof(int));
        (Label next, Label done) = (w.Il.DefineLabel(), w.Il.DefineLabel());
        calls.StoreArguments();
        w.PushMachine();
        w.Push(helper);
        w.Il.Emit(OpCodes.Call, s_begin);
        calls.TakeFault();
        w.Push(0L);
        w.Il.Emit(OpCodes.Stloc, _result);

        w.Il.MarkLabel(next);
        w.PushMachine();
        w.Il.Emit(OpCodes.Ldloc, _result);
        w.Il.Emit(OpCodes.Call, s_next);
        w.Il.Emit(OpCodes.Stloc, _function);
        w.Il.Emit(OpCodes.Ldloc, _function);
        w.Push(0);
        w.Il.Emit(OpCodes.Blt, done); // none
        calls.ProveFrame();
        block.StoreBudget();
        CallFunction(_function, _result, argument: Callbacks.ContextOf(helper));
        block.LoadBudget();
        if (program.CanEndEarly) calls.ReturnIfOver();
        w.Il.Emit(OpCodes.Br, next);

        w.Il.MarkLabel(done);
        w.PushFromMachine(Register.R0);
        w.Pop(Register.R0);
    }

    /// <summary>The helper has found out that it is one whose address is taken; where there is none, it calls none.</summary>
    private void CallFunction(LocalBuilder function, LocalBuilder result, Register argument)
    {
        LocalFunction[] callees = [.. program.Functions.CalledBack];
        Label returned = w.Il.DefineLabel();
        for (int n = 0; n < callees.Length; n++)
        {
            callees[n].ExpectContext(w.Pointers, argument);
            Label other = w.Il.DefineLabel();
            if (n < callees.Length - 1)
            {
                w.Il.Emit(OpCodes.Ldloc, function);
                w.Push(callees[n].Entry);
                w.Il.Emit(OpCodes.Bne_Un, other);
            }

            w.PushMachine();
            foreach (Register register in CallWriter.Arguments) w.PushFromMachine(register);
            calls.PushCalleesFrame();
            w.Il.Emit(OpCodes.Call, callees[n].Method);
            w.Il.Emit(OpCodes.Stloc, result);
            w.Il.Emit(OpCodes.Br, returned);
            w.Il.MarkLabel(other);
        }

        w.Il.MarkLabel(returned);
    }
}
