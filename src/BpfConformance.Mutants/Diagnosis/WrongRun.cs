namespace BpfConformance.Mutants.Diagnosis;

/// <summary>A run that the target got wrong.</summary>
internal readonly record struct WrongRun(Sighting Sighting, int Run);
