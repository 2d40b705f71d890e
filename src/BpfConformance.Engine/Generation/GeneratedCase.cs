using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Generation;

/// <summary>What generators make cases of.</summary>
public static class GeneratedCase
{
    /// <summary>A case that states nothing.</summary>
    /// <param name="name">What it is about, behind the profile's name and a slash.</param>
    /// <param name="program">Any slots at all.</param>
    /// <param name="maps">The maps that it names.</param>
    /// <param name="inputs">The memory or packet of each run.</param>
    public static TestCase Of(string name, BpfProgram program, ImmutableArray<MapDefinition> maps, params IEnumerable<ReadOnlyMemory<byte>> inputs)
    {
        ProgramNeeds needs = ProgramNeeds.Of(program.Instructions.AsSpan());
        return new TestCase
        {
            Name = name,
            File = name,
            Program = program,
            Lines = [.. program.Instructions.Select(_ => 0)],
            Maps = maps,
            Inputs = [.. inputs.Select(data => new CaseInput(0, data, null, null))],
            Expectation = Expectation.None,
            Groups = needs.Groups,
            Cpu = needs.Cpu,
        };
    }
}
