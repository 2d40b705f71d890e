using System.Collections.Immutable;

namespace BpfConformance.Abi.Programs;

/// <summary>What a program of a type is given and may give back, where it is loaded for one of some attach types.</summary>
/// <param name="Type">The type.</param>
/// <param name="AttachTypes">Those that a load may name; empty: any number, as the kernel does not look.</param>
/// <param name="Context">What r1 points to; <c>null</c>: memory, of which r2 is the length.</param>
/// <param name="Return">What becomes of r0.</param>
public sealed record ProgramHook(
    ProgramType Type, ImmutableArray<AttachType> AttachTypes, ContextView? Context, ReturnTable Return)
{
    public bool Takes(AttachType attachType) => AttachTypes.IsEmpty || AttachTypes.Contains(attachType);
}
