namespace BpfConformance.SeededBugs.Hunting;

/// <summary>When a hunt is given up.</summary>
/// <param name="Programs">So many were tried.</param>
/// <param name="Time">So much time was spent on one engine: to make the programs, to run them on the reference and on it, and to judge.</param>
internal sealed record HuntLimits(int Programs, TimeSpan Time);
