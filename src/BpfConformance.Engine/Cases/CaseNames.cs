namespace BpfConformance.Engine.Cases;

/// <summary>What values of maps and steps can name.</summary>
/// <param name="Maps">The names of maps, by index.</param>
/// <param name="Programs">The names of programs, by index.</param>
internal sealed record CaseNames(IReadOnlyList<string> Maps, IReadOnlyList<string> Programs);
