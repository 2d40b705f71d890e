using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Interpreter;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Tests.Interpreter;

/// <summary>How a run ended, in terms that a test can state.</summary>
internal readonly record struct RunEnd(RunStatus Status, FaultKind Fault, int Pc)
{
    public static RunEnd Returned => new(RunStatus.Returned, FaultKind.None, -1);

    public static RunEnd OutOfBudget(int pc) => new(RunStatus.OutOfBudget, FaultKind.None, pc);

    public static RunEnd Faulted(FaultKind fault, int pc) => new(RunStatus.Faulted, fault, pc);
}

/// <summary>A program from text, loaded into the reference interpreter.</summary>
internal sealed unsafe class TestMachine : IDisposable
{
    public const long Budget = 1_000_000_000;

    private readonly InterpretedProgram _program;
    private long _budget = Budget;

    public TestMachine(
        string text,
        HandlerTable? handlers = null,
        int dataBytes = 64,
        ProgramType type = ProgramType.Unspecified,
        ImmutableArray<MapDefinition>? maps = null)
        : this(Assembler.Assemble(text).Instructions, handlers, dataBytes, type, maps)
    {
    }

    public TestMachine(
        ImmutableArray<Instruction> program,
        HandlerTable? handlers = null,
        int dataBytes = 64,
        ProgramType type = ProgramType.Unspecified,
        ImmutableArray<MapDefinition>? maps = null)
    {
        _program = InterpretedProgram.TryLoad(
            new BpfProgram([.. program], type), maps ?? [], dataBytes, handlers ?? HandlerTable.Checked, out ValidationError? error)
            ?? throw new ArgumentException($"{error!.Reason} at {error.Pc}: {error.Message}", nameof(program));
    }

    public InterpretedProgram Program => _program;

    public RunEnd End
    {
        get
        {
            Machine* m = _program.Memory.Machine;
            return new RunEnd(m->Status, m->Fault, m->FaultPc);
        }
    }

    public ulong R0 => Register(0);

    public long Executed => _program.Executed(_budget);

    /// <summary>The slot at which a volatile value decided what happens next; −1: none.</summary>
    public int VolatileFlowPc => _program.Memory.Machine->VolatileFlowPc;

    public byte[] Data => _program.Memory.Data.ToArray();

    public byte[] DataShadow => _program.Memory.DataShadow.ToArray();

    /// <summary>Runs a program on the sanitised machine with 64 bytes of memory, all zero.</summary>
    public static TestMachine RunSanitized(string text)
    {
        var machine = new TestMachine(text, HandlerTable.Sanitized);
        machine.Run(new byte[64]);
        return machine;
    }

    public ulong Register(int number) => _program.Memory.Machine->Registers[number];

    /// <summary>What a sanitised run knows of a register.</summary>
    public uint Provenance(int number) => _program.Memory.Machine->Provenance[number];

    public RunEnd Run(ReadOnlySpan<byte> data, long budget = Budget)
    {
        _budget = budget;
        _program.Run(data, budget);
        return End;
    }

    public RunEnd Run() => Run(new byte[64]);

    /// <summary>The pcs of a run, in the order of execution.</summary>
    public List<int> Trace(ReadOnlySpan<byte> data, long budget = Budget)
    {
        _budget = budget;
        var steps = new List<int>();
        _program.Trace(data, budget, steps.Add);
        return steps;
    }

    public void Dispose() => _program.Dispose();
}
