using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Engine.Generation.Sweep;

/// <summary>
/// Every instruction form with every register, immediates and operands of the <see cref="ValueLattice"/>, one instruction a program. Not chance but an index says
/// which; the same index is always the same case.
/// </summary>
public sealed class SweepGenerator : IProgramGenerator
{
    private static readonly ImmutableArray<SweepRow> s_rows = [.. InstructionTable.Rows.Select(row => new SweepRow(row))];
    private static readonly ImmutableArray<int> s_starts = Starts();

    /// <summary>How many cases there are.</summary>
    public static int Count { get; } = s_rows.Sum(row => row.Count);

    private Allowed? _allowed; // of the limits that were asked last, which mostly are the next

    public string Name => "sweep";

    /// <summary>One of them.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> − 1.</param>
    public static TestCase Case(int index)
    {
        int at = s_starts.BinarySearch(index);
        int row = at >= 0 ? at : ~at - 1;
        SweepPoint point = s_rows[row][index - s_starts[row]];
        return SweepProgram.Of($"sweep/{point}", point);
    }

    /// <summary>The indices of the cases about one form.</summary>
    /// <param name="row">The form's index in the <see cref="InstructionTable"/>.</param>
    public static Range Of(int row) => s_starts[row]..(s_starts[row] + s_rows[row].Count);

    /// <summary>Each form that all targets have is as likely as another, how few cases it may have.</summary>
    public TestCase Next(ref Entropy entropy, GeneratorLimits limits)
    {
        entropy.BeginStep();
        Allowed allowed = _allowed is { } last && ReferenceEquals(last.Limits, limits) ? last : _allowed = Allowed.By(limits);
        if (allowed.Rows.Length == 0) return Case(0); // which they do not have either: such machines cannot be asked, and who asks leaves it out
        int row = allowed.Rows[entropy.Below(allowed.Rows.Length)];
        return Case(s_starts[row] + entropy.Below(s_rows[row].Count));
    }

    private static ImmutableArray<int> Starts()
    {
        var starts = ImmutableArray.CreateBuilder<int>(s_rows.Length);
        int next = 0;
        foreach (SweepRow row in s_rows)
        {
            starts.Add(next);
            next += row.Count;
        }

        return starts.MoveToImmutable();
    }

    /// <summary>The forms whose cases can be asked of all targets: those of one form are alike in this.</summary>
    private sealed record Allowed(GeneratorLimits Limits, int[] Rows)
    {
        public static Allowed By(GeneratorLimits limits) =>
            new(limits, [.. Enumerable.Range(0, s_rows.Length).Where(row => limits.Rows[row] && limits.Common.Lacks(Case(s_starts[row])) is null)]);
    }
}
