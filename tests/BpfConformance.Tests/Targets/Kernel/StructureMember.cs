namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>A member of a structure, by its distance from the structure's start; those of nameless structures in it count as its own.</summary>
internal readonly record struct StructureMember(string Name, int Offset, int SizeBytes);
