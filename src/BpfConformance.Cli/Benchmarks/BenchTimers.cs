using System.Collections.Immutable;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Timing;

namespace BpfConformance.Cli.Benchmarks;

/// <summary>What <c>bench</c> measures with, in the order of its columns: the fastest first, as far as names tell.</summary>
internal sealed class BenchTimers : IDisposable
{
    /// <summary>Others come after these, in the order of the registry.</summary>
    private static readonly string[] s_first = ["kernel", "x64", "il", "reference"];

    /// <param name="selection">The targets.</param>
    /// <param name="compiler">Of native programs; <c>null</c>: they are not measured.</param>
    public BenchTimers(TargetSelection selection, NativeCompiler? compiler)
    {
        ImmutableArray<ITargetTimer> native = compiler is null ? [] : [new NativeTimer(compiler)];
        All = [.. native, .. selection.Available.OrderBy(entry => PlaceOf(entry.Name)).SelectMany(entry => entry.CreateTimers())];
    }

    public ImmutableArray<ITargetTimer> All { get; }

    public void Dispose()
    {
        foreach (ITargetTimer timer in All) timer.Dispose();
    }

    private static int PlaceOf(string name) => Array.IndexOf(s_first, name) is >= 0 and int place ? place : s_first.Length;
}
