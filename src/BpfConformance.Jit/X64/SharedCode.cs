using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;
using static BpfConformance.Jit.X64.X64Register;

namespace BpfConformance.Jit.X64;

/// <summary>Routines that all programs share. Those of the first group are reached by a call of the program's.</summary>
internal enum SharedRoutine
{
    /// <summary>Checks a load at r11 of as many bytes as the number that was pushed, or ends the run.</summary>
    CheckLoad,

    /// <summary>Checks a store in the same way.</summary>
    CheckStore,

    /// <summary>The same as <see cref="CheckLoad"/>, but says whether there is such memory: r11 is 0 when there is none.</summary>
    SeekLoad,

    /// <summary>The same of a store.</summary>
    SeekStore,

    /// <summary>Loads what the number that was pushed says from the field at r11, to r11, or ends the run.</summary>
    LoadField,

    /// <summary>Stores from the machine to as many bytes as the number that was pushed, at r11, or ends the run.</summary>
    StoreField,

    /// <summary>Calls the helper whose number is in r11.</summary>
    CallHelper,

    /// <summary>Takes a tail call: rax is the code where it leads, or 0.</summary>
    TailCall,

    /// <summary>Begins what the helper whose number is in r11 calls; rax is 0 then.</summary>
    BeginCallbacks,

    /// <summary>
    /// After a function that a helper called has returned rax: r11 is the next, and r1–r5 are for it; 0: there is none, and rax is the helper's result.
    /// </summary>
    NextCallback,

    /// <summary>rax = r9 bytes of the packet at position r11, or −1.</summary>
    LoadPacket,

    /// <summary>Ends the run with the fault in r11.</summary>
    RaiseFault,

    /// <summary>Ends the run: its budget is used up.</summary>
    RaiseOutOfBudget,

    /// <summary>From the host: runs the code at rsi on the machine at rdi.</summary>
    Enter,

    /// <summary>Ends the run, of which everything that is to be known was noted.</summary>
    Recover,
}

/// <summary>The shared routines, emitted once.</summary>
internal sealed unsafe class SharedCode
{
    /// <summary>The routines and the signal handler take half of it each.</summary>
    public const int OwnBytes = 4096;

    private const X64Register MachineRegister = X64Registers.Machine;

    private static readonly X64Register[] s_kept = [Rbx, Rbp, R12, R13, R14, R15];

    private readonly CodeLayout _layout = new();
    private readonly byte* _start;
    private Emitter _code;

    private SharedCode()
    {
        int labels = Enum.GetValues<SharedRoutine>().Length;
        _layout.Clear(labels);
        _code.Reserve();
        EmitEnter();
        EmitCheck(SharedRoutine.CheckLoad, FaultKind.OutOfBoundsLoad, isStore: false);
        EmitCheck(SharedRoutine.CheckStore, FaultKind.OutOfBoundsStore, isStore: true);
        EmitCheck(SharedRoutine.SeekLoad, FaultKind.None, isStore: false);
        EmitCheck(SharedRoutine.SeekStore, FaultKind.None, isStore: true);
        EmitField(SharedRoutine.LoadField, HostCalls.LoadOfField);
        EmitField(SharedRoutine.StoreField, HostCalls.StoreOfField);
        EmitCallHelper(SharedRoutine.CallHelper, HostCalls.Helper);
        EmitLoadPacket();
        EmitRaise(SharedRoutine.RaiseFault, RunStatus.Faulted);
        EmitRaise(SharedRoutine.RaiseOutOfBudget, RunStatus.OutOfBudget);
        EmitCallHelper(SharedRoutine.TailCall, HostCalls.TailCall);
        EmitCallHelper(SharedRoutine.BeginCallbacks, HostCalls.BeginCallbacks);
        EmitNextCallback();
        _start = (byte*)Place(_layout, ref _code);
    }

    public static SharedCode Instance { get; } = new();

    /// <summary>Where the code of programs begins: behind what is emitted once.</summary>
    public byte* ProgramsStart => _start + OwnBytes;

    /// <summary>Runs code on a machine.</summary>
    public delegate* unmanaged<Machine*, void*, void> Enter => (delegate* unmanaged<Machine*, void*, void>)AddressOf(SharedRoutine.Enter);

    public byte* AddressOf(SharedRoutine routine) => _start + _layout.FinalOf((int)routine);

    /// <summary>Puts code that is emitted once where it will run, and says where.</summary>
    public static nint Place(CodeLayout layout, ref Emitter code)
    {
        layout.Shorten(code);
        if (layout.CodeBytes > OwnBytes / 2) throw new InvalidOperationException($"{layout.CodeBytes} bytes of code, expected at most {OwnBytes / 2}");
        CodeBlock block = CodeArena.Shared.Allocate(OwnBytes / 2);
        layout.Copy(code, (byte*)block.Writable, (byte*)block.Executable, shared: null);
        code.Free();
        return block.Executable;
    }

    private void EmitEnter()
    {
        int leave = _layout.NewLabel();
        Begin(SharedRoutine.Enter);
        foreach (X64Register kept in s_kept) _code.Push(kept);
        _code.Alu(X64Alu.Sub, wide: true, Rsp, sizeof(ulong)); // a multiple of 16 with the return address
        _code.LoadAddress(MachineRegister, new X64Memory(Rdi, MachineField.Bias));
        _code.Store(sizeof(ulong), MachineField.HostStack, Rsp);
        _code.Move(wide: true, R11, Rsi);
        LoadOwn();
        for (Register r = Register.R0; r <= Register.R10; r++)
        {
            _code.Load(sizeof(ulong), signed: false, X64Registers.Of(r), MachineField.RegisterValue(r));
        }

        _code.Call(R11);
        _code.Reserve();
        for (Register r = Register.R0; r < Register.R10; r++)
        {
            _code.Store(sizeof(ulong), MachineField.RegisterValue(r), X64Registers.Of(r));
        }

        _code.Store(sizeof(ulong), MachineField.BudgetLeft, X64Registers.Budget);
        _code.StoreImmediate(1, MachineField.Status, (int)RunStatus.Returned);
        _layout.Put(leave, _code);
        _code.Alu(X64Alu.Add, wide: true, Rsp, sizeof(ulong));
        foreach (X64Register kept in s_kept.Reverse()) _code.Pop(kept);
        _code.Return();

        Begin(SharedRoutine.Recover);
        _code.Load(sizeof(ulong), signed: false, Rsp, MachineField.HostStack);
        _layout.Jump(ref _code, leave);
    }

    /// <summary>
    /// Finds the region as MachineMemory does; only what the caller does not know to be in use is kept. Without a fault to raise, r11 says
    /// whether there is one.
    /// </summary>
    private void EmitCheck(SharedRoutine routine, FaultKind fault, bool isStore)
    {
        (int fails, int isInside, int isNoPiece) = (_layout.NewLabel(), _layout.NewLabel(), _layout.NewLabel());
        Begin(routine);
        _code.Push(Rax);
        _code.Push(Rcx);
        _code.Move(wide: true, Rax, R11);
        _code.Alu(X64Alu.Sub, wide: true, Rax, MachineField.Origin);
        _code.Shift(X64Shift.Shr, wide: true, Rax, RegionSpace.StretchShift);

        // Behind the stack of the current frame lie only those of frames that were left.
        _code.Move(wide: true, Rcx, X64Registers.Of(Register.R10));
        _code.Alu(X64Alu.Sub, wide: true, Rcx, MachineField.Origin);
        _code.Shift(X64Shift.Shr, wide: true, Rcx, RegionSpace.StretchShift);
        _code.Alu(X64Alu.Cmp, wide: true, Rax, Rcx);
        _layout.JumpIf(ref _code, X64Condition.Above, fails);

        _code.Multiply(wide: true, Rax, Rax, sizeof(Region));
        _code.Alu(X64Alu.Add, wide: true, Rax, MachineField.Regions);
        _code.Alu(X64Alu.Sub, wide: true, R11, new X64Memory(Rax, MachineField.Region.Start));
        _code.Alu(X64Alu.Add, wide: true, R11, new X64Memory(Rsp, 3 * sizeof(ulong))); // behind rcx, rax and the return address
        _layout.JumpIf(ref _code, X64Condition.Carry, fails);
        _code.Load(sizeof(uint), signed: false, Rcx, new X64Memory(Rax, MachineField.Region.Length));
        _code.Alu(X64Alu.Cmp, wide: true, R11, Rcx);
        _layout.JumpIf(ref _code, X64Condition.Above, isNoPiece);
        _layout.Put(isInside, _code);
        if (isStore)
        {
            _code.Alu(X64Alu.Cmp, wide: false, new X64Memory(Rax, MachineField.Region.IsWritable), 0);
            _layout.JumpIf(ref _code, X64Condition.Equal, fails);
        }

        bool raises = fault != FaultKind.None;
        _code.Pop(Rcx);
        _code.Pop(Rax);
        if (!raises) _code.MoveImmediate(R11, 1);
        _code.Return(sizeof(ulong));

        // One of the values of a map, whose other fields fail where it is none.
        _code.Reserve();
        _layout.Put(isNoPiece, _code);
        var size = new X64Memory(Rsp, 3 * sizeof(ulong));
        _code.Alu(X64Alu.Sub, wide: true, R11, size);
        _code.Load(sizeof(uint), signed: false, Rcx, new X64Memory(Rax, MachineField.Region.ElementsEnd));
        _code.Alu(X64Alu.Cmp, wide: true, R11, Rcx);
        _layout.JumpIf(ref _code, X64Condition.NotCarry, fails);
        _code.Load(sizeof(uint), signed: false, Rcx, new X64Memory(Rax, MachineField.Region.ElementMask));
        _code.Alu(X64Alu.And, wide: true, R11, Rcx);
        _code.Alu(X64Alu.Add, wide: true, R11, size);
        _code.Load(sizeof(uint), signed: false, Rcx, new X64Memory(Rax, MachineField.Region.ElementBytes));
        _code.Alu(X64Alu.Cmp, wide: true, R11, Rcx);
        _layout.JumpIf(ref _code, X64Condition.BelowOrEqual, isInside);

        _layout.Put(fails, _code);
        if (raises)
        {
            _code.Alu(X64Alu.Add, wide: true, Rsp, 2 * sizeof(ulong));
            _code.MoveImmediate(R11, (ulong)fault);
            _layout.Jump(ref _code, (int)SharedRoutine.RaiseFault);
        }
        else
        {
            _code.Pop(Rcx);
            _code.Pop(Rax);
            _code.MoveImmediate(R11, 0);
            _code.Return(sizeof(ulong));
        }
    }

    /// <summary>Keeps r0–r5, which the host does not.</summary>
    private void EmitField(SharedRoutine routine, nint function)
    {
        int fails = _layout.NewLabel();
        Begin(routine);
        for (Register r = Register.R0; r <= Register.R5; r++) StoreRegister(r);
        _code.Move(wide: true, Rsi, R11);
        _code.Load(sizeof(ulong), signed: false, Rdx, new X64Memory(Rsp, sizeof(ulong))); // behind the return address
        CallHost(function);
        _code.Move(wide: false, R11, Rax);
        for (Register r = Register.R0; r <= Register.R5; r++)
        {
            _code.Load(sizeof(ulong), signed: false, X64Registers.Of(r), MachineField.RegisterValue(r));
        }

        _code.Reserve();
        _code.Test(wide: false, R11, R11);
        _layout.JumpIf(ref _code, X64Condition.NotEqual, fails);
        _code.Load(sizeof(ulong), signed: false, R11, MachineField.FieldValue);
        _code.Return(sizeof(ulong));
        _layout.Put(fails, _code);
        _layout.Jump(ref _code, (int)SharedRoutine.RaiseFault);
    }

    private void EmitCallHelper(SharedRoutine routine, nint function)
    {
        int fails = _layout.NewLabel();
        Begin(routine);
        for (Register r = Register.R1; r <= Register.R5; r++) StoreRegister(r);
        StoreRegister(Register.R10);
        _code.Move(wide: true, Rsi, R11);
        CallHost(function);
        _code.Test(wide: false, Rax, Rax);
        _layout.JumpIf(ref _code, X64Condition.NotEqual, fails);
        _code.Load(sizeof(ulong), signed: false, Rax, MachineField.RegisterValue(Register.R0));
        _code.Return();

        _layout.Put(fails, _code);
        _code.Move(wide: false, R11, Rax);
        _layout.Jump(ref _code, (int)SharedRoutine.RaiseFault);
    }

    private void EmitNextCallback()
    {
        Begin(SharedRoutine.NextCallback);
        _code.Move(wide: true, Rsi, Rax);
        CallHost(HostCalls.NextCallback);
        _code.Move(wide: true, R11, Rax);
        for (Register r = Register.R0; r <= Register.R5; r++)
        {
            _code.Load(sizeof(ulong), signed: false, X64Registers.Of(r), MachineField.RegisterValue(r));
        }

        _code.Return();
    }

    private void EmitLoadPacket()
    {
        Begin(SharedRoutine.LoadPacket);
        _code.Move(wide: false, Rsi, R11);
        _code.Move(wide: false, Rdx, X64Registers.Hot);
        CallHost(HostCalls.Packet);
        _code.Return();
    }

    /// <summary>The return address says where: the byte before it belongs to the instruction that called.</summary>
    private void EmitRaise(SharedRoutine routine, RunStatus status)
    {
        Begin(routine);
        if (status == RunStatus.Faulted) _code.Store(1, MachineField.Fault, R11);
        _code.StoreImmediate(1, MachineField.Status, (int)status);
        _code.Store(sizeof(ulong), MachineField.BudgetLeft, X64Registers.Budget);
        _code.Pop(R11);
        _code.Alu(X64Alu.Sub, wide: true, R11, 1);
        _code.Store(sizeof(ulong), MachineField.StoppedAt, R11);
        _layout.Jump(ref _code, (int)SharedRoutine.Recover);
    }

    /// <summary>Calls a function of the host with the machine as its first argument, on a stack that is aligned for it.</summary>
    private void CallHost(nint function)
    {
        _code.LoadAddress(Rdi, new X64Memory(MachineRegister, -MachineField.Bias));
        _code.Store(sizeof(ulong), MachineField.BudgetLeft, X64Registers.Budget);
        _code.Move(wide: true, R11, Rsp);
        _code.Alu(X64Alu.And, wide: true, Rsp, -16);
        _code.Push(R11);
        _code.Push(R11);
        _code.MoveImmediate(Rax, (ulong)function);
        _code.Call(Rax);
        _code.Load(sizeof(ulong), signed: false, Rsp, new X64Memory(Rsp, 0));
        LoadOwn();
    }

    private void LoadOwn()
    {
        _code.Load(sizeof(ulong), signed: false, X64Registers.Hot, MachineField.NegatedDataStart);
        _code.Load(sizeof(ulong), signed: false, X64Registers.Budget, MachineField.BudgetLeft);
    }

    private void StoreRegister(Register register) =>
        _code.Store(sizeof(ulong), MachineField.RegisterValue(register), X64Registers.Of(register));

    private void Begin(SharedRoutine routine)
    {
        _code.Reserve();
        _layout.Put((int)routine, _code);
    }
}
