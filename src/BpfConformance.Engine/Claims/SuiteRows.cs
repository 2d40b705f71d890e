using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Engine.Claims;

/// <summary>
/// Which rows of the instruction table a suite asks a target to run, and which are in the program of a case that ran and passed.
/// That such a case reaches its rows, and would show a wrong result, is for the coverage of the suite to say.
/// </summary>
internal sealed class SuiteRows
{
    private readonly HashSet<InstructionDef> _inPassed = [];
    private readonly HashSet<InstructionDef> _mustRun = [];
    private readonly HashSet<InstructionDef> _mayBeRefused = [];

    private SuiteRows()
    {
    }

    public static SuiteRows Of(IEnumerable<CaseResult> results)
    {
        var rows = new SuiteRows();
        foreach (CaseResult result in results) rows.Add(result);
        return rows;
    }

    /// <summary>Whether a machine that accepts it shows something: each run returns, and is compared.</summary>
    public static bool Returns(TestCase test) =>
        test.Expectation is { IsMalformed: false, Load: not LoadExpectation.Rejected, Run: RunExpectation.Returned };

    /// <summary>
    /// Whether it is in the program of a case that ran and passed; or the suite never asks anybody to, because what the instruction names (a
    /// kernel function, a platform variable) is the machine's own. A row that the suite does not know is not settled.
    /// </summary>
    public bool IsSettled(InstructionDef row) =>
        _inPassed.Contains(row) || (_mayBeRefused.Contains(row) && !_mustRun.Contains(row));

    private void Add(CaseResult result)
    {
        Expectation expectation = result.Case.Expectation;
        if (expectation.IsMalformed || result.Case.Subject is null) return;

        bool runs = Returns(result.Case);
        ReadOnlySpan<Instruction> program = result.Case.Program.Instructions.AsSpan();
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (InstructionTable.Find(program[pc]) is not { } row) continue;
            if (expectation.Load != LoadExpectation.Accepted) _mayBeRefused.Add(row);
            else if (runs) _mustRun.Add(row);
            if (runs && result.Status == CaseStatus.Passed) _inPassed.Add(row);
        }
    }
}
