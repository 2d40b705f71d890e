using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>A program whose code is written down.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Options">The ways to compile it.</param>
/// <param name="Text">For the assembler.</param>
/// <param name="Type">What calls it.</param>
/// <param name="HasShifts">Whether the processor has BMI2.</param>
internal sealed record ListedProgram(
    string Title, ImmutableArray<JitOptions> Options, string Text, ProgramType Type = ProgramType.Unspecified, bool HasShifts = true)
{
    /// <summary>The maps it names by index.</summary>
    public ImmutableArray<MapDefinition> Maps { get; init; } = [];
}
