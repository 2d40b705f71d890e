using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;
using static BpfConformance.Jit.X64.X64Register;

namespace BpfConformance.Jit.X64;

/// <summary>Jumps, calls, frames and exits.</summary>
internal ref partial struct X64Compiler
{
    private readonly FramePlan Frame => _frames[_function - 1];

    public void Jump(int target)
    {
        // What a function begins with is not for those who jump.
        if (target != _pc + 1 || BeginsFunction(target)) _layout.Jump(ref _code, target);
    }

    public void JumpIf(JumpCondition condition, OperandWidth width, Register dst, Operand src, int target)
    {
        bool wide = width == OperandWidth.W64;
        if (condition == JumpCondition.Jset) Test(wide, Of(dst), src);
        else if (src is { IsRegister: false, Immediate: 0 }) _code.Test(wide, Of(dst), Of(dst)); // as a compare with zero, and shorter
        else Alu(X64Alu.Cmp, wide, Of(dst), src);
        JumpWhen(ConditionOf(condition), target);
    }

    /// <summary>After a comparison.</summary>
    public void JumpWhen(X64Condition holds, int target)
    {
        if (_overJump < 0) _layout.JumpIf(ref _code, holds, target);
        else _layout.JumpIf(ref _code, (X64Condition)((int)holds ^ 1), _overJump); // the lowest bit negates a condition
    }

    /// <summary>The count of this frame lies on top of the stack; it stays negative.</summary>
    public void MayGoto(int target)
    {
        _code.Alu(X64Alu.Sub, wide: true, new X64Memory(Rsp, 0), 1);
        _layout.JumpIf(ref _code, X64Condition.Sign, target);
    }

    public void CallHelper(int helper)
    {
        if (helper == TailCalls.Number)
        {
            TailCall();
            return;
        }

        if (Callbacks.Has((uint)helper))
        {
            CallBack(helper);
            return;
        }

        if (DirectLookups.At(_program, _flow, _memory, _pc, out _) is { } lookup && LookUpValue(lookup)) return;
        _code.MoveImmediate(Scratch, (uint)helper);
        _layout.Call(ref _code, SharedRoutine.CallHelper);
    }

    public void CallRegister(Register helper)
    {
        _code.Move(wide: true, Scratch, Of(helper));
        _layout.Call(ref _code, SharedRoutine.CallHelper);
    }

    public readonly void CallKernel(int btfId) => throw new UnreachableException("the binder knows no kernel functions");

    public void CallLocal(int target)
    {
        int function = Array.BinarySearch(_flow.Functions, target);
        bool needsFrame = _frames[function].NeedsFrame;
        EnterFrame(needsFrame);
        _layout.Call(ref _code, LabelOf(function));
        LeaveFrame(needsFrame);
    }

    public void Exit()
    {
        FramePlan frame = Frame;
        int countBytes = frame.CountsMayGoto ? sizeof(ulong) : 0;
        if (MayBeInAnyFrame)
        {
            // The same code may run in the program's frame and in a function's: the program's is the one right below the host's.
            int inFunction = _layout.NewLabel();
            int frameBytes = countBytes + (4 * sizeof(ulong));
            _code.LoadAddress(Scratch, new X64Memory(Rsp, frameBytes + sizeof(ulong)));
            _code.Alu(X64Alu.Cmp, wide: true, Scratch, MachineField.HostStack);
            _layout.JumpIf(ref _code, X64Condition.NotEqual, inFunction);
            _code.Alu(X64Alu.Add, wide: true, Rsp, frameBytes);
            _code.Return();
            _layout.Put(inFunction, _code);
        }

        if (countBytes > 0) _code.Alu(X64Alu.Add, wide: true, Rsp, countBytes);
        for (Register r = Register.R9; r >= Register.R6; r--)
        {
            if ((frame.Saved >> (int)r & 1) != 0) _code.Pop(Of(r));
        }

        _code.Return();
    }

    /// <summary>A position outside the packet ends the function with 0 (kernel net/core/filter.c, 6.18, bpf_gen_ld_abs).</summary>
    public void LegacyPacket(MemorySize size, Register? index, int immediate)
    {
        _code.MoveImmediate(Scratch, _memory.Address(Regions.Context, 0));
        _code.Alu(X64Alu.Cmp, wide: true, Of(Register.R6), Scratch);
        _layout.JumpIf(ref _code, X64Condition.NotEqual, Side(new SideCode { Kind = SideCodeKind.Fault, Fault = FaultKind.InvalidPointer }));

        _code.MoveImmediate(Scratch, (uint)immediate);
        if (index is { } register) _code.Alu(X64Alu.Add, wide: false, Scratch, Of(register));
        _code.MoveImmediate(Hot, (ulong)size);
        _layout.Call(ref _code, SharedRoutine.LoadPacket);

        int inside = _layout.NewLabel();
        _code.Test(wide: true, Rax, Rax);
        _layout.JumpIf(ref _code, X64Condition.NotSign, inside);
        _code.MoveImmediate(Rax, 0);
        if (_options.IsMetered) _code.Alu(X64Alu.Add, wide: true, X64Registers.Budget, _leftInBlock - 1);
        Exit();
        _layout.Put(inside, _code);
    }

    private readonly bool KeepsLastFrame => _options.IsChecked && _flow.HasTailCalls;

    /// <summary>Before a call of a function, which gets a stack of its own where it needs one.</summary>
    private readonly void EnterFrame(bool needsFrame)
    {
        if (_options.IsChecked)
        {
            _code.Alu(X64Alu.Cmp, wide: true, Of(Register.R10), MachineField.LastFrame);
            _layout.JumpIf(ref _code, X64Condition.NotCarry, Side(new SideCode { Kind = SideCodeKind.Fault, Fault = FaultKind.TooManyFrames }));
        }

        if (KeepsLastFrame)
        {
            _code.Load(sizeof(ulong), signed: false, Scratch, MachineField.LastFrame);
            _code.Push(Scratch);
        }

        if (needsFrame) _code.Alu(X64Alu.Add, wide: true, Of(Register.R10), (int)RegionSpace.Stride);
    }

    private readonly void LeaveFrame(bool needsFrame)
    {
        if (needsFrame) _code.Alu(X64Alu.Sub, wide: true, Of(Register.R10), (int)RegionSpace.Stride);
        if (!KeepsLastFrame) return;
        _code.Pop(Scratch);
        _code.Store(sizeof(ulong), MachineField.LastFrame, Scratch);
    }

    /// <summary>
    /// The helper says which function is next, and it is called here: a run that is stopped in one has no frame of the host to leave. Which
    /// it is, and what it needs, is known only then.
    /// </summary>
    private void CallBack(int helper)
    {
        _code.MoveImmediate(Scratch, (uint)helper);
        _layout.Call(ref _code, SharedRoutine.BeginCallbacks);
        (int next, int done) = (_layout.NewLabel(), _layout.NewLabel());
        _layout.Put(next, _code);
        _layout.Call(ref _code, SharedRoutine.NextCallback);
        _code.Test(wide: true, Scratch, Scratch);
        _layout.JumpIf(ref _code, X64Condition.Equal, done);
        _code.Move(wide: true, Rax, Scratch);
        EnterFrame(needsFrame: true);
        _code.Call(Rax);
        LeaveFrame(needsFrame: true);
        _layout.Jump(ref _code, next);
        _layout.Put(done, _code);
    }

    /// <summary>Whether this code may run in the frame of the program that was run, and in that of a function.</summary>
    private readonly bool MayBeInAnyFrame => !_flow.IsStructured || (_flow.HasTailCalls && _flow.IsProgram(_flow.Functions[_function - 1]));

    /// <summary>
    /// The next program goes on in this frame, which keeps what its caller had: all those frames are uniform, so it is entered behind its
    /// prologue. Its functions count from here; whoever called this one puts that back.
    /// </summary>
    private void TailCall()
    {
        _layout.Call(ref _code, SharedRoutine.TailCall);
        int none = _layout.NewLabel();
        _code.Test(wide: true, Rax, Rax);
        _layout.JumpIf(ref _code, X64Condition.Equal, none);
        if (_options.IsMetered) _code.Alu(X64Alu.Add, wide: true, X64Registers.Budget, _leftInBlock - 1);
        _code.Load(sizeof(ulong), signed: false, Of(Register.R1), MachineField.RegisterValue(Register.R1));
        if (_options.IsChecked)
        {
            _code.MoveImmediate(Scratch, RegionSpace.Stride * (MachineLimits.CallFrames - 1));
            _code.Alu(X64Alu.Add, wide: true, Scratch, Of(Register.R10));
            _code.Store(sizeof(ulong), MachineField.LastFrame, Scratch);
        }

        _code.StoreImmediate(sizeof(ulong), new X64Memory(Rsp, 0), (int)MachineMemory.MayGotoLimit);
        _code.Jump(Rax);
        _layout.Put(none, _code);
    }

    /// <summary>Calls lead to the prologue, jumps behind it.</summary>
    private void BeginFunction()
    {
        bool fallsIn = _pc > 0 && !_flow.IsStructured && !JumpTargets.EndsBlock(_program[_pc - 1]);
        if (fallsIn) _layout.Jump(ref _code, _pc);
        while (BeginsFunction(_pc)) _layout.Put(LabelOf(_function++), _code);

        _stackPointers.Begin();
        FramePlan frame = Frame;
        for (Register r = Register.R6; r <= Register.R9; r++)
        {
            if ((frame.Saved >> (int)r & 1) != 0) _code.Push(Of(r));
        }

        if (frame.CountsMayGoto) _code.Push((int)MachineMemory.MayGotoLimit);
    }

    /// <summary>Whether the next function, of those that were not begun yet, begins here.</summary>
    private readonly bool BeginsFunction(int pc) => _function < _flow.Functions.Length && _flow.Functions[_function] == pc;

    private readonly int LabelOf(int function) => _program.Length + function;

    private void Test(bool wide, X64Register dst, Operand src)
    {
        if (src.IsRegister) _code.Test(wide, dst, Of(src.Register));
        else _code.Test(wide, dst, src.Immediate);
    }

    public static X64Condition ConditionOf(JumpCondition condition) => condition switch
    {
        JumpCondition.Jeq => X64Condition.Equal,
        JumpCondition.Jne or JumpCondition.Jset => X64Condition.NotEqual,
        JumpCondition.Jgt => X64Condition.Above,
        JumpCondition.Jge => X64Condition.NotCarry,
        JumpCondition.Jlt => X64Condition.Carry,
        JumpCondition.Jle => X64Condition.BelowOrEqual,
        JumpCondition.Jsgt => X64Condition.Greater,
        JumpCondition.Jsge => X64Condition.GreaterOrEqual,
        JumpCondition.Jslt => X64Condition.Less,
        JumpCondition.Jsle => X64Condition.LessOrEqual,
    };
}
