using System.Collections.Immutable;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;

namespace BpfConformance.Engine.Comparison;

/// <summary>What became of a case on a target.</summary>
public enum CaseStatus
{
    /// <summary>Everything that the case states was compared, and is so.</summary>
    Passed,

    /// <summary>At least one finding.</summary>
    Failed,

    /// <summary>Failed, as a deviations file of the target says that it does.</summary>
    Deviates,

    /// <summary>The target cannot be asked, and said so before the case.</summary>
    Unsupported,

    /// <summary>Rejected, or returned from, where the case allows a machine to: neither a pass nor a failure.</summary>
    LegalDivergence,

    /// <summary>Nothing follows: trouble of the environment, or nothing that could be compared.</summary>
    Inconclusive,
}

/// <summary>The judgement on one case on one target; keeps nothing of the runs.</summary>
/// <param name="Case">The case.</param>
/// <param name="Target">Its name.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">One line for a person; empty when passed without a remark.</param>
/// <param name="Findings">What must not be so; not empty exactly when failed or deviating.</param>
public sealed record CaseResult(
    TestCase Case, string Target, CaseStatus Status, string Reason, ImmutableArray<Finding> Findings)
{
    /// <summary>The class of the target's reason for rejecting; <c>null</c>: it did not reject.</summary>
    public ReasonClass? RejectedFor { get; init; }

    /// <summary>How often the target was asked again, as it may have failed for want of memory: <see cref="Targets.TargetCapabilities.MayLackMemory"/>.</summary>
    public int AskedAgain { get; init; }

    /// <summary>1-based: of the first finding, or of what the file expects; 0: the whole file.</summary>
    public int Line => Findings.IsEmpty ? Case.Line : Findings[0].LineIn(Case);
}
