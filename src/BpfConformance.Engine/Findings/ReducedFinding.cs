using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Reduction;

namespace BpfConformance.Engine.Findings;

/// <summary>A finding and the smallest case that shows it.</summary>
/// <param name="Case">That case; it states nothing.</param>
/// <param name="Finding">As it shows there.</param>
/// <param name="Signature">What it had before, and still has; where the first instruction that differs could not be told before, it can be here, or what is left, or a program.</param>
/// <param name="Reduction">How the case came to be.</param>
public sealed record ReducedFinding(TestCase Case, Finding Finding, FindingSignature Signature, ReductionResult Reduction);
