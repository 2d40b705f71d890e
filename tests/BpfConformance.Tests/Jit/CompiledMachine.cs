using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Jit;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using BpfConformance.Tests.Interpreter;

namespace BpfConformance.Tests.Jit;

/// <summary>A program from text, compiled.</summary>
internal sealed unsafe class CompiledMachine : IDisposable
{
    public const long Budget = 1_000_000_000;

    private long _budget = Budget;

    public CompiledMachine(
        Compiler compiler,
        string text,
        JitOptions? options = null,
        ProgramType type = ProgramType.Unspecified,
        ImmutableArray<MapDefinition>? maps = null)
        : this(compiler, Assembler.Assemble(text).Instructions, options, type, maps)
    {
    }

    public CompiledMachine(
        Compiler compiler,
        ImmutableArray<Instruction> program,
        JitOptions? options = null,
        ProgramType type = ProgramType.Unspecified,
        ImmutableArray<MapDefinition>? maps = null)
    {
        EngineLoad load = compiler.With(options ?? JitOptions.Checked);
        Program = load(program.AsSpan(), maps ?? [], type, dataBytes: 64, out ValidationError? error)
            ?? throw new ArgumentException($"{error!.Reason} at {error.Pc}: {error.Message}", nameof(program));
    }

    public IMachineProgram Program { get; }

    public ulong R0 => Register(0);

    public long Executed => Program.Executed(_budget);

    public ulong Register(int number) => Program.Memory.Machine->Registers[number];

    public RunEnd Run(ReadOnlySpan<byte> data, long budget = Budget)
    {
        _budget = budget;
        Program.Prepare(data, budget);
        Program.RunPrepared();
        Machine* m = Program.Memory.Machine;
        return new RunEnd(m->Status, m->Fault, m->FaultPc);
    }

    public RunEnd Run(long budget = Budget) => Run(new byte[64], budget);

    public void Dispose() => Program.Dispose();
}
