using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>The entry and the exit of one function.</summary>
internal sealed unsafe class FrameWriter(MethodWriter w, BlockWriter block, ProgramCode program, LocalFunction function)
{
    private static readonly Register[] s_shown =
        [Register.R0, Register.R1, Register.R2, Register.R3, Register.R4, Register.R5, Register.R6, Register.R7, Register.R8, Register.R9];

    private static readonly FieldInfo s_length = typeof(Region).GetField(nameof(Region.Length))!; // its name is a member's

    /// <summary>
    /// Whether the stack has to be opened and closed, as helpers prove what they are given in any case. The program's own is
    /// open from the start.
    /// </summary>
    private bool OpensStack => (program.Options.IsChecked || program.CallsHelpers) && function is { UsesFrame: true, IsMain: false };

    /// <summary>Arguments and r10 to their registers; all others are 0, as locals are.</summary>
    public void Enter()
    {
        if (function.IsMain)
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
