using System.Collections.Immutable;

namespace BpfConformance.Engine.Findings;

/// <summary>Where the run of a target leaves that of the reference.</summary>
/// <param name="Path">The run of the reference until there; the last is the first after which they are not the same.</param>
/// <param name="Pc">The slot of that.</param>
/// <param name="Form">Its name in <c>conformance/isa.csv</c>.</param>
public sealed record Divergence(ImmutableArray<PathStep> Path, int Pc, string Form);

/// <summary>What both had at a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Pc">Its slot.</param>
/// <param name="What">What is looked at: a register, what was stored, or the way that it goes.</param>
/// <param name="Expected">That of the reference; <c>null</c>: it cannot be seen.</param>
/// <param name="Got">That of the target; <c>null</c>: it cannot be seen.</param>
/// <param name="Differs">Whether they differ there, in this or anything else.</param>
public sealed record StepState(PathStep Step, int Pc, string What, string? Expected, string? Got, bool Differs);
