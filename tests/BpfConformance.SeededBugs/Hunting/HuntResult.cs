namespace BpfConformance.SeededBugs.Hunting;

/// <summary>How a hunt for one bug ended.</summary>
/// <param name="Engine">With the bug.</param>
/// <param name="Seed">Of the hunt.</param>
/// <param name="Programs">So many were tried.</param>
/// <param name="Time">It took so long.</param>
/// <param name="Catch">What found it; <c>null</c>: nothing did.</param>
internal sealed record HuntResult(string Engine, ulong Seed, int Programs, TimeSpan Time, HuntCatch? Catch);

/// <summary>What found a bug.</summary>
/// <param name="Generator">Whose program.</param>
/// <param name="Oracle">Who has seen it.</param>
/// <param name="Facet">In what.</param>
internal sealed record HuntCatch(string Generator, string Oracle, string Facet);
