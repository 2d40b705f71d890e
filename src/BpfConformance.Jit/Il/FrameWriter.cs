using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>The entry of one function, and the ways in which it is left.</summary>
internal sealed unsafe class FrameWriter(MethodWriter w, BlockWriter block, ProgramCode program, LocalFunction function)
{
    private static readonly Register[] s_shown =
        [Register.R0, Register.R1, Register.R2, Register.R3, Register.R4, Register.R5, Register.R6, Register.R7, Register.R8, Register.R9];

    /// <summary>What a tail call has not stored already, as arguments: no program may read them but r10, and yet all engines show the same.</summary>
    private static readonly Register[] s_inherited = [Register.R0, Register.R6, Register.R7, Register.R8, Register.R9, Register.R10];

    private static readonly FieldInfo s_length = typeof(Region).GetField(nameof(Region.Length))!; // its name is a member's

    /// <summary>
    /// Whether the stack has to be opened and closed, as helpers prove what they are given in any case. The program's own is
    /// open from the start.
    /// </summary>
    private bool OpensStack => (program.Options.IsChecked || program.CallsHelpers) && function is { UsesFrame: true, IsMain: false };

    /// <summary>Arguments and r10 to their registers; all others are 0, as locals are.</summary>
    public void Enter()
    {
        if (function.IsMain && program.Loop is not null)
        {
            EnterProgram();
        }
        else if (function.IsMain)
        {
            TakeFromMachine(Register.R1);
            TakeFromMachine(Register.R2);
            TakeFromMachine(Register.R10);
        }
        else
        {
            for (int argument = 1; argument <= 5; argument++) Take(argument, (Register)argument);
            Take(6, Register.R10);
        }

        if (OpensStack) SetStackLength(MachineLimits.StackBytes);
        block.LoadBudget();
    }

    /// <summary>Returns r0.</summary>
    public void Exit()
    {
        if (function.IsMain) block.LeaveIfOverdrawn();
        if (OpensStack) SetStackLength(0);
        block.StoreBudget();
        if (function.IsMain && program.Options.ShowsRegisters)
        {
            foreach (Register register in s_shown) w.StoreToMachine(register);
        }

        w.Push(Register.R0);
        w.Il.Emit(OpCodes.Ret);
    }

    /// <summary>
    /// Another program goes on in this frame. From a program it does when that has returned, so that any number takes one method's stack of
    /// the host; from a function in the meantime, and what it returns is returned.
    /// </summary>
    public void LeaveTo(ProgramLoop loop)
    {
        block.StoreBudget();
        foreach (Register register in s_inherited) w.StoreToMachine(register);
        if (function.IsMain)
        {
            w.Push(0L);
        }
        else
        {
            if (program.CountsFrames) ProgramLoop.PushLastFrame(w); // until the function's program goes on
            loop.Call(w);
            if (program.CountsFrames) RestoreLastFrame();
            if (OpensStack) SetStackLength(0);
        }

        w.Il.Emit(OpCodes.Ret);
    }

    /// <summary>Registers are as the program before left them, r1 and r10 as it was told to; all begins with those of the run.</summary>
    private void EnterProgram()
    {
        foreach (Register register in s_shown) TakeFromMachine(register);
        TakeFromMachine(Register.R10);
        if (!program.CountsFrames) return;
        w.PushMachine();
        w.Il.Emit(OpCodes.Ldflda, ProgramLoop.Native);
        w.PushAddress(Register.R10, (long)RegionSpace.Stride * (MachineLimits.CallFrames - 1));
        w.Il.Emit(OpCodes.Stfld, ProgramLoop.LastFrame);
    }

    /// <summary>Below r0 on IL's stack lies what it was.</summary>
    private void RestoreLastFrame()
    {
        LocalBuilder result = w.Il.DeclareLocal(typeof(ulong));
        LocalBuilder lastFrame = w.Il.DeclareLocal(typeof(ulong));
        w.Il.Emit(OpCodes.Stloc, result);
        w.Il.Emit(OpCodes.Stloc, lastFrame);
        w.PushMachine();
        w.Il.Emit(OpCodes.Ldflda, ProgramLoop.Native);
        w.Il.Emit(OpCodes.Ldloc, lastFrame);
        w.Il.Emit(OpCodes.Stfld, ProgramLoop.LastFrame);
        w.Il.Emit(OpCodes.Ldloc, result);
    }

    private void Take(int argument, Register register)
    {
        w.Il.Emit(OpCodes.Ldarg_S, (byte)argument);
        w.Initialize(register);
    }

    private void TakeFromMachine(Register register)
    {
        w.PushFromMachine(register);
        w.Initialize(register);
    }

    /// <summary>r10 says which frame it is, whatever path of calls led here.</summary>
    private void SetStackLength(int bytes)
    {
        Machine* m = program.Memory.Machine;
        w.Push(Register.R10);
        w.Push((long)m->Origin);
        w.Il.Emit(OpCodes.Sub);
        w.Push(m->RegionShift);
        w.Il.Emit(OpCodes.Shr_Un);
        w.Push((long)sizeof(Region));
        w.Il.Emit(OpCodes.Mul);
        w.Push((long)m->Regions);
        w.Il.Emit(OpCodes.Add);
        w.Il.Emit(OpCodes.Conv_U);
        w.Push(bytes);
        w.Il.Emit(OpCodes.Stfld, s_length);
    }
}
