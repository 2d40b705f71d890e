using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>
/// A program that .NET's own compiler made machine code of: each function is a <see cref="System.Reflection.Emit.DynamicMethod"/>,
/// compiled when the program is loaded. The garbage collector frees its code some time after the program is no longer referenced.
/// </summary>
public sealed unsafe class IlProgram : IMachineProgram
{
    private readonly bool _isMetered;
    private readonly ProgramEntry[] _entries;
    private ProgramEntry? _run;

    private IlProgram(MachineMemory memory, ProgramEntry[] entries, bool isMetered, int codeBytes) =>
        (Memory, _entries, _run, _isMetered, CodeBytes) = (memory, entries, entries[0], isMetered, codeBytes);

    public MachineMemory Memory { get; }

    public bool IsSanitized => false;

    /// <summary>Of IL: how much machine code .NET makes of it is not known.</summary>
    public int? CodeBytes { get; }

    /// <summary>Says why no program can be compiled here; <c>null</c>: it can.</summary>
    public static string? WhyUnavailable() =>
        !RuntimeFeature.IsDynamicCodeSupported ? "this build of .NET compiles no code when it runs"
        : MachinePool.WhyNoNative();

    /// <summary>Compiles a program.</summary>
    /// <param name="program">Any slots, valid or not.</param>
    /// <param name="maps">The maps it names by index.</param>
    /// <param name="dataBytes">The most memory, or the longest packet, that a run will be given.</param>
    /// <param name="options">What its code checks and counts.</param>
    /// <param name="error">Why there is no program, when the result is <c>null</c>.</param>
    public static IlProgram? TryLoad(
        BpfProgram program,
        ImmutableArray<MapDefinition> maps,
        int dataBytes,
        JitOptions options,
        out ValidationError? error) =>
        TryLoad(program, maps, dataBytes, options, FunctionWriter.Write<AsItStands<FunctionWriter>>, out error);

    /// <summary>The same, of functions that are written in another way.</summary>
    internal static IlProgram? TryLoad(
        BpfProgram program,
        ImmutableArray<MapDefinition> maps,
        int dataBytes,
        JitOptions options,
        Action<ProgramCode, LocalFunction> write,
        out ValidationError? error)
    {
        error = ProgramBinder.Check(program, maps);
        if (error is not null) return null;
        program = TimerProgram.Behind(program);
        int[] others = [.. program.Others.Select(other => other.Start)];
        if (FunctionSet.Of(program.Instructions.AsSpan(), others) is not { } functions)
        {
            error = new ValidationError(ReasonClass.NotImplemented, 0, "the functions share too much code");
            return null;
        }

        var memory = MachinePool.Rent(dataBytes, maps, program, Addressing.Native);
        try
        {
            Instruction[] slots = [.. program.Instructions];
            ProgramContexts? contexts = ProgramContexts.Of(program, memory);
            var code = new ProgramCode(slots, new ControlFlow(slots, others), functions, memory, contexts, options.For(contexts));
            for (int n = 0; n < functions.Programs.Length; n++)
            {
                if (contexts?.IsGivenTo(n) == true) functions.Programs[n].ExpectHook();
            }

            foreach (LocalFunction function in functions.All) write(code, function);
            foreach (LocalFunction function in functions.All) function.Compile();
            ProgramEntry[] entries = [.. functions.Programs.Select((main, n) => code.Loop?.Entry(n) ?? main.Method.CreateDelegate<ProgramEntry>())];
            return new IlProgram(memory, entries, options.IsMetered, functions.All.Sum(function => function.CodeBytes));
        }
        catch
        {
            MachinePool.Return(memory);
            throw;
        }
    }

    public void Prepare(ReadOnlySpan<byte> data, long budget, int program = 0, ReadOnlySpan<byte> context = default)
    {
        ObjectDisposedException.ThrowIf(_run is null, this);
        Memory.Reset(data, budget, program, context);
        _run = _entries[program];
    }

    public void RunPrepared()
    {
        ObjectDisposedException.ThrowIf(_run is null, this);
        Machine* m = Memory.Machine;
        ulong r0 = _run(m);
        if (m->Status != RunStatus.Running) return;
        m->Registers[(int)Register.R0] = r0;
        m->Status = RunStatus.Returned;
    }

    public long Executed(long budget) => _isMetered ? budget - Memory.Machine->BudgetLeft - Memory.Machine->Uncharged : -1;

    public void Dispose()
    {
        if (_run is null) return;
        _run = null;
        MachinePool.Return(Memory);
    }
}
