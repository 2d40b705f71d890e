using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>
/// Says whether a case sees that one row is wrong: it is run on the sanitised reference, step by step, and the defect
/// is put into the machine after each instruction of that row.
/// </summary>
public sealed unsafe class DefectObserver(InstructionDef row, ResultDefect defect)
{
    private static readonly ExpectationOracle s_oracle = new();

    private readonly ObservationBatch _batch = new();
    private Instruction[] _program = [];
    private Machine* _machine;

    /// <summary>The instruction that is being executed; −1: none is.</summary>
    private int _current;

    /// <summary>The bytes that it writes, where it does.</summary>
    private byte* _written;

    /// <summary>Whether something that the case states is not so.</summary>
    public bool IsSeenBy(in CoveringCase covering)
    {
        TestCase test = covering.Case;
        _program = [.. test.Program.Instructions];
        using InterpretedProgram? program = InterpretedProgram.TryLoad(
            test.Program, test.Maps, test.DataBytes, HandlerTable.Sanitized, out _);
        if (program is null) return false;

        _machine = program.Memory.Machine;
        _batch.Reset(test.Inputs.Length, test.ToRequest().ObservedBytes);
        for (int input = 0; input < test.Inputs.Length; input++)
        {
            _current = -1;
            long budget = BudgetOf(covering);
            program.Steer(test.Inputs[input].Data.Span, budget, Step, context: test.Inputs[input].Context.Span);
            if (_machine->Status == RunStatus.Returned && IsRow(_current)) Corrupt();
            MachineObserver.Record(program, budget, _batch, input);
        }

        var run = new TargetRun("reference with a defect", Verdict.Accepted, _batch);
        return s_oracle.Judge(new Experiment(test, [run])).Any();
    }

    /// <summary>Defects make loops endless: what takes much longer than it should need not be run to its end.</summary>
    private static long BudgetOf(in CoveringCase covering)
    {
        const long Spare = 1000;
        return (2 * covering.Instructions) + Spare;
    }

    private int Step(int pc)
    {
        if (_current >= 0 && IsRow(_current))
        {
            if (defect == ResultDefect.OtherWay) pc = OtherWay(pc);
            else Corrupt();
        }

        while (defect == ResultDefect.Skipped && IsRow(pc)) pc++;
        _current = pc;
        if (defect is ResultDefect.FirstByte or ResultDefect.LastByte && IsRow(pc))
        {
            _written = OperandReader.Memory(row, _program[pc], _machine);
        }

        return pc;
    }

    private bool IsRow(int pc) => pc < _program.Length && row.Matches(_program[pc]);

    private int OtherWay(int pc) =>
        pc == _current + 1 ? JumpTargets.Of(_program[_current], _current) : _current + 1;

    private void Corrupt()
    {
        ref ulong result = ref _machine->Registers[ResultRegister];
        switch (defect)
        {
            case ResultDefect.LowBit: result ^= 1; break;
            case ResultDefect.TopBit: result ^= 1ul << 63; break;
            case ResultDefect.NullAddress: result = 0; break;
            case ResultDefect.LostRegister: _machine->Registers[(int)Register.R6] ^= 1; break;
            case ResultDefect.FirstByte: _written[0] ^= 1; break; // what went through has written
            case ResultDefect.LastByte: _written[(int)row.Size - 1] ^= 1; break;
            case ResultDefect.OtherWay or ResultDefect.Skipped or _: break; // are done before
        }
    }

    /// <summary>The register that the current instruction writes; r0 where it names none, or only what it compares with or calls.</summary>
    private int ResultRegister =>
        row.Operation is Operation.AtomicCmpxchg or Operation.CallRegister ? (int)Register.R0
        : row.IsFetch ? _program[_current].Src
        : _program[_current].Dst;
}
