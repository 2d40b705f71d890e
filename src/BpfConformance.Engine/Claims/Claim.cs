using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Engine.Claims;

/// <summary>What a run has shown of a claim.</summary>
public enum ClaimStatus
{
    /// <summary>Every case that the target can be asked is right, and every instruction form is in the program of one that ran and passed.</summary>
    Conforms,

    /// <summary>Something is wrong, was not compared, or was not shown.</summary>
    Fails,

    /// <summary>The target says itself that it does not have the group, or not in this version.</summary>
    Unsupported,
}

/// <summary>Whether a target conforms to one group of instructions, up to one version of the instruction set.</summary>
/// <param name="Group">The group; what RFC 9669 includes in it by name (base64 in divmul64) is a claim of its own.</param>
/// <param name="Cpu">The version.</param>
/// <param name="Status">What the run has shown.</param>
/// <param name="Counts">Over the cases about the group, up to the version, whose groups the target has. When it conforms, those that are
/// unsupported or inconclusive were left out.</param>
/// <param name="BeyondScaffolding">How many of these need more than the group and its scaffolding.</param>
/// <param name="Reason">One sentence; empty when it conforms.</param>
public sealed record Claim(
    ConformanceGroup Group, CpuVersion Cpu, ClaimStatus Status, Counts Counts, int BeyondScaffolding, string Reason);
