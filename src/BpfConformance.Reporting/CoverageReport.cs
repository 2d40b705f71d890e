using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Coverage;

namespace BpfConformance.Reporting;

/// <summary>A row of the instruction table, and how well a suite covers it.</summary>
/// <param name="Seen">What runs did with it.</param>
/// <param name="Unseen">The defects of it that make no case fail.</param>
public sealed record CoverageRow(RowCoverage Seen, ImmutableArray<ResultDefect> Unseen)
{
    public string Name => Seen.Row.Name;

    /// <summary>Whether a wrong result of it makes a case fail.</summary>
    public bool IsObserved => Seen.IsCovered && Unseen.IsEmpty;

    /// <summary>Why no result of the row can be observed; <c>null</c>: it can.</summary>
    public string? Excuse => CoverageExcuses.Of(Seen.Row);

    /// <summary>Whether it has two register fields, and not every pair of r0–r9 ran.</summary>
    public bool LacksRegisterPairs => Seen.Registers is { Possible: RegisterCoverage.Pairs } pairs && pairs.Hit < pairs.Possible;

    /// <summary>Whether the row needs more vectors: nothing shows its result, next to no operands do, or registers are missing.</summary>
    public bool IsDeficient => Excuse is null && (!IsObserved || Seen.IsThin || LacksRegisterPairs);
}

/// <summary>The rows of one conformance group, counted.</summary>
/// <param name="Group">Which.</param>
/// <param name="Rows">In the order of the instruction table.</param>
public sealed record CoverageGroup(ConformanceGroup Group, ImmutableArray<CoverageRow> Rows)
{
    public int Covered => Rows.Count(row => row.Seen.IsCovered);

    public int Observed => Rows.Count(row => row.IsObserved);

    public int Excused => Rows.Count(row => row.Excuse is not null);

    public int Thin => Rows.Count(row => row.Excuse is null && row.Seen.IsThin);

    /// <summary>Rows with two register fields, and those of them that ran with every pair of r0–r9.</summary>
    public (int Full, int Of) RegisterPairs
    {
        get
        {
            RegisterCoverage[] pairs = [.. Rows.Select(row => row.Seen.Registers).OfType<RegisterCoverage>().Where(each => each.Possible == RegisterCoverage.Pairs)];
            return (pairs.Count(each => each.Hit == each.Possible), pairs.Length);
        }
    }
}

/// <summary>How well a suite covers the instruction set.</summary>
/// <param name="Rows">In the order of the instruction table.</param>
public sealed record CoverageReport(ImmutableArray<CoverageRow> Rows)
{
    /// <summary>In the order of RFC 9669 section 2.4, then what came later.</summary>
    public ImmutableArray<CoverageGroup> Groups =>
        [.. Rows.GroupBy(row => row.Seen.Row.Group).OrderBy(group => group.Key).Select(group => new CoverageGroup(group.Key, [.. group]))];

    public ImmutableArray<CoverageRow> Deficient => [.. Rows.Where(row => row.IsDeficient)];
}

/// <summary>The rows that the reference refuses to run, with the reason: their cases end at the load.</summary>
public static class CoverageExcuses
{
    private const string NeedsArena = "casts an address of an arena, and there are no arenas";

    public static string? Of(InstructionDef row) => row.Name switch
    {
        "lddw-var" => "names a variable of the platform by its BTF id, and there are none",
        "call-btf" => "names a function of the platform by its BTF id, and there are none",
        "addr-space-cast-kern" => NeedsArena,
        "addr-space-cast-user" => NeedsArena,
        _ => null,
    };
}
