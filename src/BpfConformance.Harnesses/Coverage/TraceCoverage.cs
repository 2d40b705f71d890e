using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;
using BpfConformance.Targets.InProcess;

namespace BpfConformance.Harnesses.Coverage;

/// <summary>
/// Raises counters for what a program does where no branch of ours shows it: each row of the instruction table with the classes of its operands
/// and of what it gives, and roughly the way that a run took through its jumps.
/// </summary>
internal sealed class TraceCoverage : ITraceObserver
{
    /// <summary>Ways are told apart up to this: each way for itself would make every program one to keep.</summary>
    private const uint Ways = 1 << 10;

    private TestCase? _test;
    private InstructionDef?[] _rows = [];
    private int _last;
    private int _lastRow;
    private ulong _way;

    /// <summary>Runs a case that loads.</summary>
    public void Follow(TestCase test)
    {
        _test = test;
        _rows = [.. test.Program.Instructions.Select(slot => InstructionTable.Find(slot))];
        ReferenceTrace.Run(test.ToRequest(), [.. test.Inputs.Select(input => input.ForRun)], test.ContextBytes, this);
    }

    public void Begin(int input, int program) => (_last, _lastRow, _way) = (-1, -1, 0);

    public void Step(int pc, IReadOnlyList<RegisterChange> changes)
    {
        if (_rows[pc] is not { } row) return;
        Instruction slot = _test!.Program.Instructions[pc]; // it is being followed
        uint fields = (RowClasses.Offsets(row)?.BitOf(slot.Offset) ?? 0) ^ (RowClasses.Immediates(row)?.BitOf(slot.Immediate) ?? 0);
        Raise(Kind.Fields, row.Index, fields);
        foreach (RegisterChange change in changes) Raise(Kind.Result, row.Index, ClassOf(change.Value));
        if (pc != _last + 1) _way = BitOperations.RotateLeft(_way, 7) + (ulong)(_lastRow + 1);
        (_last, _lastRow) = (pc, row.Index);
    }

    public void End() => Raise(Kind.Way, 0, (uint)(_way ^ (_way >> 32)) % Ways);

    private static void Raise(Kind kind, int row, uint what) => BranchMap.Hit(((ulong)kind << 56) | ((ulong)row << 32) | what);

    /// <summary>How many bytes it takes, as a number and as what is left of all ones.</summary>
    private static uint ClassOf(ulong value) => (uint)((BitOperations.LeadingZeroCount(value) >> 3) | (BitOperations.LeadingZeroCount(~value) >> 3 << 4));

    private enum Kind
    {
        Fields = 1,
        Result,
        Way,
    }
}
