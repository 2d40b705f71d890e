using System.Buffers.Binary;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>Runs copies of a twin at the same time, each on a thread of its own.</summary>
internal sealed class KernelThreads(KernelTarget target, KernelBuild build, LoadedTwins twins) : IDisposable
{
    private readonly List<KernelThread> _threads = [];

    /// <summary>Why such a case is not run so, or <c>null</c>.</summary>
    public string? WhyNot =>
        build.Memory is null || !build.Maps.AreMapped ? "only programs with memory, no hook and arrays run on several threads here"
        : build.Parts.Length > 1 || build.HasProgArrays ? "only single programs run on several threads here"
        : null;

    /// <summary>Loads as many as are missing; why that is not possible, or <c>null</c>.</summary>
    public string? Prepare(int count)
    {
        while (_threads.Count < count) _threads.Add(new KernelThread(target, build, twins.Set));
        return _threads.Select(thread => thread.Problem).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>Runs each input on one of those that have been prepared.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="map">The index of the map that is looked at.</param>
    /// <param name="into">Where to.</param>
    /// <returns>The first eight bytes of that map.</returns>
    public ulong Run(ReadOnlySpan<RunInput> inputs, int map, ObservationBatch into)
    {
        build.ClearMaps();
        for (int i = 0; i < inputs.Length; i++) _threads[i].Prepare(inputs[i].Data.Span);
        Simultaneous.Run(inputs.Length, thread => _threads[thread].Run());
        for (int i = 0; i < inputs.Length; i++) _threads[i].Record(into, i);
        target.CheckHealth(build.Request.Program);
        return BinaryPrimitives.ReadUInt64LittleEndian(build.Maps[map].Memory);
    }

    public void Dispose() => _threads.ForEach(thread => thread.Dispose());
}
