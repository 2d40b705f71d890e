using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>Calls of helpers and of local functions, and the packet loads, which are calls too.</summary>
internal sealed unsafe class CallWriter(MethodWriter w, BlockWriter block, ProgramCode program)
{
    private static readonly FieldInfo s_status = MethodWriter.MachineField(nameof(Machine.Status));
    private static readonly MethodInfo s_helperCall = MethodWriter.Method(typeof(HelperCall), nameof(HelperCall.Invoke));
    private static readonly MethodInfo s_registerCall = MethodWriter.Method(typeof(RegisterCall), nameof(RegisterCall.Invoke));
    private static readonly MethodInfo s_packetLoad = MethodWriter.Method(typeof(LegacyPacket), nameof(LegacyPacket.Load));

    private LocalBuilder? _fault;

    public static ReadOnlySpan<Register> Arguments => [Register.R1, Register.R2, Register.R3, Register.R4, Register.R5];

    public void CallHelper(int helper)
    {
        StoreArguments();
        w.PushMachine();
        w.Push((long)helper);
        w.Push((long)HelperSet.Find((uint)helper));
        w.Il.Emit(OpCodes.Conv_I);
        w.Il.Emit(OpCodes.Call, s_helperCall);
        TakeHelperResult();
    }

    public void CallRegister(Register number)
    {
        StoreArguments();
        w.PushMachine();
        w.Push(number);
        w.Il.Emit(OpCodes.Call, s_registerCall);
        TakeHelperResult();
    }

    /// <summary>Another program goes on in this frame, or the call falls through.</summary>
    public void TailCall(ProgramLoop loop, FrameWriter frame)
    {
        StoreArguments();
        ProgramLoop.Take(w);
        TakeFault();
        Label none = w.Il.DefineLabel();
        ProgramLoop.PushNext(w);
        w.Push(0);
        w.Il.Emit(OpCodes.Blt, none);
        block.Charge(-block.Rest); // which is not done
        frame.LeaveTo(loop);
        w.Il.MarkLabel(none);
    }

    /// <summary>r6 to r9 are the callee's own locals, so that nothing has to keep the caller's.</summary>
    public void CallLocal(LocalFunction callee)
    {
        ProveFrame();
        callee.ExpectArguments(w.Pointers);
        block.StoreBudget();
        w.PushMachine();
        foreach (Register argument in Arguments) w.Push(argument);
        PushCalleesFrame();
        w.Il.Emit(OpCodes.Call, callee.Method);
        w.Pop(Register.R0);
        block.LoadBudget();
        if (program.CanEndEarly) ReturnIfOver();
    }

    /// <summary>Goes on only where there may be one frame more.</summary>
    public void ProveFrame()
    {
        if (!program.CountsFrames) return;
        w.Push(Register.R10);
        if (program.Loop is null) w.Push((long)program.Memory.LastFrame);
        else ProgramLoop.PushLastFrame(w); // it depends on where the program began
        w.Il.Emit(OpCodes.Beq, block.Fault(FaultKind.TooManyFrames));
    }

    /// <summary>r10 of a function that is called from here.</summary>
    public void PushCalleesFrame()
    {
        w.Push(Register.R10);
        w.Push((long)RegionSpace.Stride);
        w.Il.Emit(OpCodes.Add);
    }

    /// <summary>Outside the packet the function returns 0 (kernel net/core/filter.c, 6.18, bpf_gen_ld_abs).</summary>
    public void PacketLoad(MemorySize size, Register? index, int immediate, Label exit)
    {
        if (program.Options.IsChecked)
        {
            w.Push(Register.R6);
            w.Push((long)program.Memory.Address(Regions.Context, 0));
            w.Il.Emit(OpCodes.Bne_Un, block.Fault(FaultKind.InvalidPointer));
        }

        w.PushMachine();
        w.Push(immediate);
        if (index is { } register)
        {
            w.PushLow(register);
            w.Il.Emit(OpCodes.Add);
        }

        w.Push((int)size);
        w.Il.Emit(OpCodes.Call, s_packetLoad);
        w.Pop(Register.R0);
        Label found = w.Il.DefineLabel();
        w.Push(Register.R0);
        w.Push(0L);
        w.Il.Emit(OpCodes.Bge, found);
        w.Push(0L);
        w.Pop(Register.R0);
        block.Charge(-block.Rest); // which is not done
        w.Il.Emit(OpCodes.Br, exit);
        w.Il.MarkLabel(found);
    }

    public void StoreArguments()
    {
        foreach (Register argument in Arguments) w.StoreToMachine(argument);
    }

    /// <summary>From IL's stack, where the helper left its fault, and from the machine.</summary>
    private void TakeHelperResult()
    {
        TakeFault();
        w.PushFromMachine(Register.R0);
        w.Pop(Register.R0);
    }

    /// <summary>Goes on only where the fault on IL's stack is none.</summary>
    public void TakeFault()
    {
        _fault ??= w.Il.DeclareLocal(typeof(byte));
        w.Il.Emit(OpCodes.Stloc, _fault);
        w.Il.Emit(OpCodes.Ldloc, _fault);
        w.Il.Emit(OpCodes.Brtrue, block.Fault(_fault));
    }

    /// <summary>Behind a call: the callee may have ended the run.</summary>
    public void ReturnIfOver()
    {
        w.PushMachine();
        w.Il.Emit(OpCodes.Ldfld, s_status);
        w.Il.Emit(OpCodes.Brtrue, block.Over);
    }
}
