using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter;

/// <summary>A predecoded program and the machine it runs on.</summary>
public sealed unsafe class InterpretedProgram : IMachineProgram
{
    private readonly Slot* _slots;

    /// <summary>Behind the program; and behind this one slots that functions return to which helpers call.</summary>
    private readonly Slot* _halt;

    /// <summary>Where each of the programs begins.</summary>
    private readonly Slot** _entries;
    private Slot* _next;
    private bool _disposed;

    private InterpretedProgram(BpfProgram program, MachineMemory memory, HandlerTable handlers)
    {
        (IsSanitized, Memory) = (handlers.IsSanitized, memory);
        int length = program.Instructions.Length;
        int callbacks = Callbacks.CountIn(program.Instructions.AsSpan());
        _slots = (Slot*)NativeMemory.AllocZeroed((nuint)(length + 1 + callbacks), (nuint)sizeof(Slot));
        _halt = _slots + length;
        _halt->Handler = &Halt;
        Memory.Machine->Halt = _halt;
        _entries = (Slot**)NativeMemory.Alloc((nuint)program.Count, (nuint)sizeof(Slot*));
        for (int index = 0; index < program.Count; index++) _entries[index] = _slots + program[index].Start;
        Decode(program.Instructions.AsSpan(), handlers);
    }

    public MachineMemory Memory { get; }

    public bool IsSanitized { get; }

    /// <summary>Predecodes a program.</summary>
    /// <param name="program">Any slots, valid or not.</param>
    /// <param name="maps">The maps it names by index.</param>
    /// <param name="dataBytes">The most memory, or the longest packet, that a run will be given.</param>
    /// <param name="handlers">The meaning of the instructions.</param>
    /// <param name="error">Why there is no program, when the result is <c>null</c>.</param>
    public static InterpretedProgram? TryLoad(
        BpfProgram program, ImmutableArray<MapDefinition> maps, int dataBytes, HandlerTable handlers, out ValidationError? error)
    {
        error = ProgramBinder.Check(program, maps);
        if (error is not null) return null;
        program = TimerProgram.Behind(program);
        MachineMemory memory = MachinePool.Rent(dataBytes, maps, program, Addressing.RegionAndOffset);
        try
        {
            return new InterpretedProgram(program, memory, handlers);
        }
        catch
        {
            MachinePool.Return(memory);
            throw;
        }
    }

    /// <summary>Runs from the initial state. The machine holds the result.</summary>
    /// <param name="data">The memory or packet.</param>
    /// <param name="budget">Instructions after which the run is ended.</param>
    public void Run(ReadOnlySpan<byte> data, long budget)
    {
        Prepare(data, budget);
        RunPrepared();
    }

    public void Prepare(ReadOnlySpan<byte> data, long budget, int program = 0, ReadOnlySpan<byte> context = default) =>
        _next = Start(data, budget, program, context);

    public void RunPrepared() => Execute(_next, Memory.Machine);

    /// <summary>Runs as <see cref="Run"/> does, and calls <paramref name="step"/> with each pc before its instruction is executed.</summary>
    public void Trace(ReadOnlySpan<byte> data, long budget, Action<int> step, int program = 0, ReadOnlySpan<byte> context = default) =>
        Steer(data, budget, pc =>
        {
            step(pc);
            return pc;
        }, program, context);

    /// <summary>Runs as <see cref="Run"/> does, and asks <paramref name="step"/> with each pc which instruction to execute instead.</summary>
    public void Steer(ReadOnlySpan<byte> data, long budget, Func<int, int> step, int program = 0, ReadOnlySpan<byte> context = default)
    {
        Prepare(data, long.MaxValue, program, context);
        SteerPrepared(budget, step);
    }

    /// <summary>The second half of that, after <see cref="Prepare"/> with a budget that is not used up.</summary>
    public void SteerPrepared(long budget, Func<int, int> step)
    {
        // Handlers charge blocks, some in part: here each instruction is counted.
        Machine* m = Memory.Machine;
        Slot* slot = _next;
        long left = budget;
        for (; slot != _halt && left > 0; left--)
        {
            slot = _slots + step(slot->Pc);
            slot = slot->Handler(slot, m);
            while (slot > _halt) slot = slot->Handler(slot, m);
        }

        if (slot != _halt) _ = Ending.OutOfBudget(slot, m);
        (m->BudgetLeft, m->Uncharged) = (left, 0);
    }

    public long Executed(long budget) => budget - Memory.Machine->BudgetLeft - Memory.Machine->Uncharged;

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        NativeMemory.Free(_slots);
        NativeMemory.Free(_entries);
        MachinePool.Return(Memory);
    }

    private Slot* Start(ReadOnlySpan<byte> data, long budget, int program, ReadOnlySpan<byte> context)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Memory.Reset(data, budget, program, context);
        return Ending.Enter(_entries[program], Memory.Machine);
    }

    /// <summary>Eight calls a round: the handlers' return addresses then predict what comes next better than one call site does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Execute(Slot* slot, Machine* m)
    {
        Slot* halt = _halt;
        do
        {
            slot = slot->Handler(slot, m);
            slot = slot->Handler(slot, m);
            slot = slot->Handler(slot, m);
            slot = slot->Handler(slot, m);
            slot = slot->Handler(slot, m);
            slot = slot->Handler(slot, m);
            slot = slot->Handler(slot, m);
            slot = slot->Handler(slot, m);
        }
        while (slot != halt);
    }

    private static Slot* Halt(Slot* slot, Machine* m) => slot;

    private void Decode(ReadOnlySpan<Instruction> program, HandlerTable handlers)
    {
        Slot* resume = _halt + 1;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            Instruction i = program[pc];
            InstructionDef def = InstructionTable.Of(i);
            Slot* slot = _slots + pc;
            slot->Handler = handlers.CodeOf(def);
            slot->Pc = pc;
            slot->Dst = (byte)i.Dst;
            slot->Src = (byte)i.Src;
            slot->StoreImmediate = i.Immediate;
            slot->Immediate = def.Class is InstructionClass.Ldx or InstructionClass.St or InstructionClass.Stx
                ? i.Offset
                : i.Immediate;

            if (i.IsWide) slot->Immediate = (long)ProgramBinder.ImmediateOf(program, pc, Memory);
            if (def.Operation == Operation.CallHelper) slot->Target = (Slot*)HelperSet.Find((uint)i.Immediate);
            if (TailCalls.Is(i))
            {
                slot->Handler = handlers.TailCall;
                slot->Target = (Slot*)_entries;
            }

            if (Callbacks.Is(i))
            {
                slot->Handler = handlers.Callback;
                slot->Target = resume;
                *resume++ = new Slot { Handler = handlers.Resume, Target = slot };
            }

            if (def.Operation == Operation.CallLocal || JumpTargets.IsJump(i)) slot->Target = _slots + JumpTargets.Of(i, pc);
        }

        CountBlocks(program);
    }

    private void CountBlocks(ReadOnlySpan<Instruction> program)
    {
        int length = 0;
        for (int pc = program.Length - 1; pc >= 0; pc--)
        {
            if (_slots[pc].Handler == null) continue; // the second slot of a wide instruction
            Instruction i = program[pc];
            bool ends = JumpTargets.IsJump(i) || JumpTargets.IsLocalCall(i) || Callbacks.Is(i) || JumpTargets.EndsBlock(i);
            length = ends ? 1 : length + 1;
            _slots[pc].BlockLength = length;
        }
    }
}
