using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.X64;

/// <summary>A program as code of this processor, and the machine it runs on.</summary>
public sealed unsafe class X64Program : IMachineProgram
{
    private readonly Instruction[] _program;
    private readonly ControlFlow _flow;
    private readonly ProgramContexts? _contexts;
    private readonly JitOptions _options;
    private readonly bool _hasShifts;
    private readonly CodeCompiler _compile;
    private readonly CodeBlock _block;
    private readonly int _codeBytes;

    /// <summary>Where the host enters each program, from the start of the code.</summary>
    private readonly int[] _starts;

    /// <summary>As in <see cref="NativeRun.Entries"/>; null: nothing leads to any.</summary>
    private readonly nint* _entries;
    private nint _start;
    private CodeMap? _map;
    private bool _disposed;

    private X64Program(
        Instruction[] program,
        ControlFlow flow,
        ProgramContexts? contexts,
        JitOptions options,
        bool hasShifts,
        CodeCompiler compile,
        MachineMemory memory,
        CodeBlock block,
        CodeLayout layout)
    {
        (_program, _flow, _contexts, _options, _hasShifts, _compile) = (program, flow, contexts, options, hasShifts, compile);
        (Memory, _block, _codeBytes) = (memory, block, layout.CodeBytes);
        _starts = Array.ConvertAll(flow.Programs, pc => layout.FinalOf(X64Compiler.EntryOf(flow, program.Length, pc)));
        _start = block.Executable + _starts[0];
        if (flow.HasTailCalls || flow.HasCallbacks) _entries = FindEntries(flow, program.Length, (int)memory.Machine->SlotCount, block.Executable, layout);
    }

    public MachineMemory Memory { get; }

    public bool IsSanitized => false;

    public int? CodeBytes => _codeBytes;

    /// <summary>How long a run may take that counts no instructions.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The code, as it runs.</summary>
    public ReadOnlySpan<byte> Code => new((void*)_block.Executable, _codeBytes);

    /// <summary>Why there is no such code here, or <c>null</c> when there is.</summary>
    public static string? WhyUnavailable() =>
        !OperatingSystem.IsLinux() ? "code is emitted on Linux only"
        : RuntimeInformation.ProcessArchitecture != Architecture.X64 ? $"this processor is {RuntimeInformation.ProcessArchitecture}, not x64"
        : WhyNoRoom() ?? MachinePool.WhyNoNative();

    /// <summary>Compiles a program.</summary>
    /// <param name="program">Any slots, valid or not.</param>
    /// <param name="maps">The maps it names by index.</param>
    /// <param name="dataBytes">The most memory, or the longest packet, that a run will be given.</param>
    /// <param name="options">What the code does besides.</param>
    /// <param name="error">Why there is no program, when the result is <c>null</c>.</param>
    /// <exception cref="Win32Exception">There is no room for a machine, or for the code.</exception>
    public static X64Program? TryLoad(
        BpfProgram program,
        ImmutableArray<MapDefinition> maps,
        int dataBytes,
        JitOptions options,
        out ValidationError? error) =>
        TryLoad(program, maps, dataBytes, options, Bmi2.X64.IsSupported, out error);

    /// <summary>The same, for a processor that has the shifts of BMI2 or has them not.</summary>
    internal static X64Program? TryLoad(
        BpfProgram program,
        ImmutableArray<MapDefinition> maps,
        int dataBytes,
        JitOptions options,
        bool hasShifts,
        out ValidationError? error) =>
        TryLoad(program, maps, dataBytes, options, hasShifts, X64Compiler.Compile<AsItStands<X64Compiler>>, out error);

    /// <summary>The same, of code that is emitted in another way.</summary>
    internal static X64Program? TryLoad(
        BpfProgram program,
        ImmutableArray<MapDefinition> maps,
        int dataBytes,
        JitOptions options,
        bool hasShifts,
        CodeCompiler compile,
        out ValidationError? error)
    {
        FaultSignals.Install();
        error = ProgramBinder.Check(program, maps);
        if (error is not null) return null;
        program = TimerProgram.Behind(program);
        var memory = MachinePool.Rent(dataBytes, maps, program, Addressing.Native);
        try
        {
            Instruction[] slots = ImmutableCollectionsMarshal.AsArray(program.Instructions)!;
            var flow = new ControlFlow(slots, [.. program.Others.Select(other => other.Start)]);
            ProgramContexts? contexts = ProgramContexts.Of(program, memory);
            options = options.For(contexts);
            Workspace work = compile(slots, memory, flow, contexts, options, hasShifts);
            CodeBlock block = CodeArena.Shared.Allocate(work.Layout.CodeBytes);
            work.Layout.Copy(work.Code, (byte*)block.Writable, (byte*)block.Executable, SharedCode.Instance);
            return new X64Program(slots, flow, contexts, options, hasShifts, compile, memory, block, work.Layout);
        }
        catch
        {
            MachinePool.Return(memory);
            throw;
        }
    }

    public void Prepare(ReadOnlySpan<byte> data, long budget, int program = 0, ReadOnlySpan<byte> context = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Memory.Reset(data, budget, program, context);
        Machine* m = Memory.Machine;
        m->Native.SetData(m->Regions[Regions.Data].Start, (int)m->OpenDataBytes);
        m->Native.LastFrame = Memory.LastFrame;
        m->Native.Signal = 0;
        m->Native.Entries = _entries;
        _start = _block.Executable + _starts[program];
        HostCalls.OpenStacks(m);
    }

    public void RunPrepared()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Machine* m = Memory.Machine;
        if (_options.IsMetered) SharedCode.Instance.Enter(m, (void*)_start);
        else RunWatched(m);
        if (m->Status != RunStatus.Returned) Explain(m);

        // The budget is looked at where control may go round: it may have been used up before, and then all of it counts as executed.
        bool isOver = _options.IsMetered && (m->Status == RunStatus.OutOfBudget || m->BudgetLeft + m->Uncharged < 0);
        if (isOver) (m->Status, m->Fault, m->Uncharged) = (RunStatus.OutOfBudget, FaultKind.None, (int)-m->BudgetLeft);
    }

    public long Executed(long budget) => _options.IsMetered ? budget - Memory.Machine->BudgetLeft - Memory.Machine->Uncharged : -1;

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        CodeArena.Shared.Free(_block);
        NativeMemory.Free(_entries);
        MachinePool.Return(Memory);
    }

    private static nint* FindEntries(ControlFlow flow, int slots, int functionSlots, nint code, CodeLayout layout)
    {
        var entries = (nint*)NativeMemory.AllocZeroed((nuint)(functionSlots + flow.Programs.Length), (nuint)sizeof(nint));
        foreach (int pc in flow.Functions)
        {
            if (functionSlots > 0) entries[pc] = code + layout.FinalOf(X64Compiler.EntryOf(flow, slots, pc));
        }

        for (int n = 0; n < flow.Programs.Length; n++) entries[functionSlots + n] = code + layout.FinalOf(flow.Programs[n]);
        return entries;
    }

    private static FaultKind FaultOf(int signal, in Instruction instruction) => signal switch
    {
        FaultSignals.ArithmeticTrap => FaultKind.ArithmeticTrap,
        FaultSignals.IllegalInstruction => FaultKind.IllegalInstruction,
        FaultSignals.Stop => FaultKind.None,
        _ => IsLoad(instruction) ? FaultKind.OutOfBoundsLoad : FaultKind.OutOfBoundsStore,
    };

    private static bool IsLoad(in Instruction instruction) =>
        instruction.Class is InstructionClass.Ldx or InstructionClass.Ld
        || InstructionTable.Of(instruction).Operation is Operation.LoadAcquire or Operation.CallHelper; // which loads a key

    private static string? WhyNoRoom()
    {
        try
        {
            FaultSignals.Install();
            return null;
        }
        catch (TypeInitializationException failure) when (failure.GetBaseException() is Win32Exception shortage)
        {
            return shortage.Message;
        }
    }

    private void RunWatched(Machine* m)
    {
        Watchdog.Seat seat = Watchdog.Instance.Enter(TimeLimit);
        m->Native.RunNumber = seat.Run;
        SharedCode.Instance.Enter(m, (void*)_start);
        seat.Leave();
    }

    /// <summary>Finds the instruction at which the run was stopped: what comes after it in its block was charged and not executed.</summary>
    private void Explain(Machine* m)
    {
        // Few programs are ever asked, so the map is made from the same code, emitted once more.
        _map ??= CodeMap.Of(_program, _compile(_program, Memory, _flow, _contexts, _options, _hasShifts));
        int pc = _map.PcAt((int)((nint)m->Native.StoppedAt - _block.Executable));
        m->FaultPc = pc;
        if (m->Native.Signal != 0)
        {
            bool isAskedToStop = m->Native.Signal == FaultSignals.Stop;
            if (_options.IsChecked && !isAskedToStop)
            {
                throw new InvalidOperationException($"a fault of this compiler: its checks let pc {pc} through, and signal {m->Native.Signal} stopped it");
            }

            m->Status = isAskedToStop ? RunStatus.OutOfBudget : RunStatus.Faulted;
            m->Fault = FaultOf(m->Native.Signal, _program[pc]);
        }

        if (_options.IsMetered) m->Uncharged = _flow.LengthFrom(pc) - 1;
    }
}
