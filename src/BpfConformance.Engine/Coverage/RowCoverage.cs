using System.Numerics;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Coverage;

/// <summary>Which registers a row was executed with.</summary>
/// <param name="Hit">Pairs of r0–r9; of a row that names one register, registers.</param>
/// <param name="Possible">100, or 10.</param>
/// <param name="WithFramePointer">Pairs in which one is r10, which programs can only read.</param>
public sealed record RegisterCoverage(int Hit, int Possible, int WithFramePointer)
{
    /// <summary>Possible pairs of r0–r9.</summary>
    public const int Pairs = 100;
}

/// <summary>Which classes of a field's values a row was executed with.</summary>
/// <param name="Classes">Those there are.</param>
/// <param name="HitBits">One bit for each.</param>
public sealed record ClassCoverage(ValueClasses Classes, uint HitBits)
{
    public int Hit => BitOperations.PopCount(HitBits);

    public int Possible => Classes.All.Length;

    /// <summary>The classes that no execution had.</summary>
    public IEnumerable<ValueClass> Missing => Classes.All.Where((_, i) => (HitBits >> i & 1) == 0);
}

/// <summary>
/// What runs of a suite did with one row of the instruction table. Members that the row's form has no use for are
/// <c>null</c>. Registers, operands and classes count only where the instruction did not fault.
/// </summary>
/// <param name="Row">Which.</param>
/// <param name="Cases">Cases that executed it.</param>
/// <param name="RefusedCases">Cases with it whose program was refused at load.</param>
/// <param name="Executions">Over all runs.</param>
public sealed record RowCoverage(InstructionDef Row, int Cases, int RefusedCases, long Executions)
{
    /// <summary>Operand pairs are counted up to here.</summary>
    public const int OperandPairsCounted = 1000;

    /// <summary>At most so many operand pairs show next to nothing.</summary>
    private const int ThinOperandPairs = 2;

    /// <summary>
    /// Different operands: dst and src of arithmetic and conditional jumps; value and offset of loads; value of stores;
    /// memory, src and r0 of atomics.
    /// </summary>
    public int? OperandPairs { get; init; }

    public RegisterCoverage? Registers { get; init; }

    public ClassCoverage? Offsets { get; init; }

    /// <summary>Of conditional jumps, only where they jumped.</summary>
    public ClassCoverage? Distances { get; init; }

    public ClassCoverage? Immediates { get; init; }

    /// <summary>Of conditional jumps: how often each way was taken, where the two differ.</summary>
    public (long Jumped, long Continued)? Ways { get; init; }

    public bool IsCovered => Cases > 0;

    public bool IsThin => OperandPairs <= ThinOperandPairs;
}
