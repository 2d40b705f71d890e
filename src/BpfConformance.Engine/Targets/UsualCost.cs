namespace BpfConformance.Engine.Targets;

/// <summary>
/// What an instruction of a program usually costs a machine at load: the median over generated programs. It is a figure that was measured once, as a campaign's own median
/// would depend on which programs its workers have had before, and who replays or reduces one case has none.
/// </summary>
/// <param name="VerifiedInstructions">Instructions that the verifier goes through; <c>null</c>: not known.</param>
/// <param name="CodeBytes">Bytes of emitted code; <c>null</c>: not known.</param>
public readonly record struct UsualCost(double? VerifiedInstructions, double? CodeBytes);
