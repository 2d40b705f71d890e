using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>Runs cases on the sanitised reference, step by step, and adds up what they do with each row of the instruction table.</summary>
public sealed class CoverageMeasurer
{
    /// <summary>Instructions after which a run that is endless on purpose has shown all that it has.</summary>
    private const long EndlessBudget = 1 << 16;

    private readonly ImmutableArray<RowMeter> _meters = [.. InstructionTable.Rows.Select(row => new RowMeter(row))];
    private ImmutableArray<Instruction> _program = [];
    private RowMeter?[] _meterAt = [];
    private StepCounts[] _counts = [];

    /// <summary>The instruction that is being executed; −1: none is.</summary>
    private int _current;

    private (ulong First, ulong Second)? _operands;

    /// <summary>What was seen so far, in the order of the instruction table.</summary>
    public ImmutableArray<RowCoverage> Rows => [.. _meters.Select(meter => meter.Build())];

    /// <summary>The cases that executed a row.</summary>
    public IReadOnlyList<CoveringCase> CasesOf(InstructionDef row) => _meters[row.Index].Cases;

    /// <summary>Runs a case with all its inputs; one that is not about instructions proves nothing of them.</summary>
    public void Add(TestCase test)
    {
        if (test.Subject is null) return;
        _program = test.Program.Instructions;
        _meterAt = [.. _program.Select(instruction => InstructionTable.Find(instruction) is { } row ? _meters[row.Index] : null)];
        _counts = new StepCounts[_program.Length];
        using InterpretedProgram? program = test.Expectation.Load == LoadExpectation.Rejected
            ? null
            : InterpretedProgram.TryLoad(
                test.Program, test.Maps, test.DataBytes, HandlerTable.Sanitized, out _);
        var covering = new CoveringCase(test, program is null ? 0 : Run(program, test));
        for (int pc = 0; pc < _program.Length; pc += _program[pc].IsWide ? 2 : 1)
        {
            if (program is null) _meterAt[pc]?.AddRefused(test);
            else _meterAt[pc]!.Add(covering, _program[pc], _counts[pc]); // what loads is in the table
        }
    }

    /// <summary>Returns the instructions of the longest run.</summary>
    private unsafe long Run(InterpretedProgram program, TestCase test)
    {
        Machine* machine = program.Memory.Machine;
        long budget = test.Expectation.Run == RunExpectation.TimedOut ? EndlessBudget : LoadRequest.DefaultBudget;
        long longest = 0;
        foreach (CaseInput input in test.Inputs)
        {
            _current = -1;
            program.Trace(input.Data.Span, budget, pc =>
            {
                if (_current >= 0) Complete(pc, machine);
                Begin(pc, machine);
            }, context: input.Context.Span);
            if (machine->Status == RunStatus.Returned) Complete(-1, machine);
            longest = Math.Max(longest, program.Executed(budget));
        }

        return longest;
    }

    private unsafe void Begin(int pc, Machine* machine)
    {
        RowMeter meter = _meterAt[pc]!; // what loads is in the table
        _counts[pc].Executions++;
        _current = pc;
        _operands = meter.WantsOperands
            ? OperandReader.Read(meter.Operands, meter.Row, _program.AsSpan(), pc, machine)
            : null;
    }

    /// <param name="next">The pc that follows; −1: the run returned.</param>
    /// <param name="machine">As the instruction left it.</param>
    private unsafe void Complete(int next, Machine* machine)
    {
        _counts[_current].Completions++;
        if (next != _current + 1) _counts[_current].Jumps++;
        if (_operands is not var (first, second)) return;

        RowMeter meter = _meterAt[_current]!;
        if (meter.Operands == OperandKind.Loaded) first = machine->Registers[_program[_current].Dst];
        meter.AddOperands(first, second);
    }
}
