using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;

namespace BpfConformance.Targets.InProcess;

/// <summary>What the runs of one program did with one of its instructions.</summary>
internal struct StepCounts
{
    public long Executions;

    /// <summary>Executions after which the run went on, or returned: those that did not fault.</summary>
    public long Completions;

    /// <summary>Completions of a condition that jumped, where jumping leads elsewhere than going on.</summary>
    public long Jumps;
}

/// <summary>A case that executes a row.</summary>
/// <param name="Case">The case.</param>
/// <param name="Instructions">Executed in its longest run.</param>
public readonly record struct CoveringCase(TestCase Case, long Instructions);

/// <summary>Adds up what a suite does with one row of the instruction table.</summary>
internal sealed class RowMeter(InstructionDef row)
{
    private readonly HashSet<ulong> _operands = [];
    private readonly HashSet<byte> _registers = [];
    private readonly ValueClasses? _offsetClasses = RowClasses.Offsets(row);
    private readonly ValueClasses? _distanceClasses = RowClasses.Distances(row);
    private readonly ValueClasses? _immediateClasses = RowClasses.Immediates(row);
    private readonly bool _isConditional = RowClasses.IsConditional(row);
    private readonly List<CoveringCase> _cases = [];
    private int _refusedCases;
    private TestCase? _lastRefused;
    private long _executions;
    private uint _offsets;
    private uint _distances;
    private uint _immediates;
    private long _jumped;
    private long _continued;

    public InstructionDef Row => row;

    public IReadOnlyList<CoveringCase> Cases => _cases;

    public OperandKind Operands { get; } = OperandReader.KindOf(row);

    /// <summary>Whether further operands count.</summary>
    public bool WantsOperands => Operands != OperandKind.None && _operands.Count < RowCoverage.OperandPairsCounted;

    public void AddOperands(ulong first, ulong second) => _operands.Add(Hash64.Of(first, second));

    /// <summary>An instruction of a program that was run.</summary>
    public void Add(in CoveringCase test, in Instruction i, in StepCounts counts)
    {
        if (counts.Executions == 0) return;
        if (_cases.Count == 0 || !ReferenceEquals(_cases[^1].Case, test.Case)) _cases.Add(test);
        _executions += counts.Executions;
        if (counts.Completions == 0) return;

        _registers.Add(i.Registers);
        _offsets |= _offsetClasses?.BitOf(i.Offset) ?? 0;
        _immediates |= _immediateClasses?.BitOf(i.Immediate) ?? 0;
        int distance = JumpTargets.Of(i, -1); // from the slot before the next
        if (!_isConditional || distance == 0 || counts.Jumps > 0) _distances |= _distanceClasses?.BitOf(distance) ?? 0;
        if (!_isConditional || distance == 0) return;

        _jumped += counts.Jumps;
        _continued += counts.Completions - counts.Jumps;
    }

    /// <summary>An instruction of a program that did not load.</summary>
    public void AddRefused(TestCase test)
    {
        if (!ReferenceEquals(_lastRefused, test)) _refusedCases++;
        _lastRefused = test;
    }

    public RowCoverage Build() => new(row, _cases.Count, _refusedCases, _executions)
    {
        OperandPairs = Operands == OperandKind.None ? null : _operands.Count,
        Registers = BuildRegisters(),
        Offsets = _offsetClasses is null ? null : new ClassCoverage(_offsetClasses, _offsets),
        Distances = _distanceClasses is null ? null : new ClassCoverage(_distanceClasses, _distances),
        Immediates = _immediateClasses is null ? null : new ClassCoverage(_immediateClasses, _immediates),
        Ways = _isConditional ? (_jumped, _continued) : null,
    };

    private RegisterCoverage? BuildRegisters()
    {
        const int Writable = (int)Register.R10;
        int fields = (row.Dst.NamesRegister ? 1 : 0) + (row.Src.NamesRegister ? 1 : 0);
        if (fields == 0) return null;

        int withFramePointer = _registers.Count(pair => (pair & 0xf) == Writable || pair >> 4 == Writable);
        return new RegisterCoverage(
            _registers.Count - withFramePointer, fields == 2 ? Writable * Writable : Writable, withFramePointer);
    }
}
