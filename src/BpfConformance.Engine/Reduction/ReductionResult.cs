using System.Collections.Immutable;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Reduction;

/// <summary>Why a reduction ended.</summary>
public enum ReductionEnd
{
    /// <summary>No pass has anything left that still holds.</summary>
    Minimal,

    /// <summary>As many cases were tried as are allowed.</summary>
    OutOfBudget,

    Cancelled,

    /// <summary>It did not even hold at the start: it comes and goes, or is about what the case states.</summary>
    NeverHeld,

    /// <summary>It holds for a program that does nothing: it is about leaving a program, or about no program at all.</summary>
    HoldsForNothing,
}

/// <summary>What one pass has done.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tried">Cases that were put to the test.</param>
/// <param name="Held">Those of them that took the place of the case.</param>
public sealed record PassStatistics(string Name, int Tried, int Held);

/// <summary>What became of a case.</summary>
/// <param name="Case">The smallest for which it holds; where it never held the case as it was.</param>
/// <param name="End">Why no smaller one was looked for.</param>
/// <param name="Rounds">How often all passes were gone through.</param>
/// <param name="Passes">In their order.</param>
public sealed record ReductionResult(TestCase Case, ReductionEnd End, int Rounds, ImmutableArray<PassStatistics> Passes)
{
    /// <summary>Cases that were put to the test, by all passes.</summary>
    public int Tried => Passes.Sum(pass => pass.Tried);
}
