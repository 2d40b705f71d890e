using System.Collections.Immutable;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Sweep;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary>Where programs come from.</summary>
/// <param name="Name">For people.</param>
/// <param name="CreateGenerators">They take turns.</param>
internal sealed record HuntMethod(string Name, Func<ImmutableArray<IProgramGenerator>> CreateGenerators)
{
    /// <summary>The fuzzer.</summary>
    public static HuntMethod Fuzzer { get; } = new("fuzzer", () => [new ValidGenerator(), new SweepGenerator()]);

    /// <summary>What it is held against.</summary>
    public static HuntMethod Bytes { get; } = new("bytes", () => [new ByteGenerator()]);
}

/// <summary>When a hunt is given up.</summary>
/// <param name="Programs">So many were tried.</param>
/// <param name="Time">So much time was spent on one engine: to make the programs, to run them on the reference and on it, and to judge.</param>
internal sealed record HuntLimits(int Programs, TimeSpan Time);

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
