namespace BpfConformance.Engine.Targets;

/// <summary>An accepted program that its machine can run on several threads at the same time over the same maps.</summary>
public interface IContendedProgram : ILoadedProgram
{
    /// <summary>
    /// Runs all inputs at the same time, a thread each, over one set of maps, which hold their initial contents first. Each
    /// thread has a memory of its own. Records into <paramref name="into"/>, which the caller has reset for this many inputs.
    /// </summary>
    /// <param name="inputs">One for each thread.</param>
    /// <param name="map">Index of an array of one entry.</param>
    /// <param name="into">Where to record.</param>
    /// <returns>The first eight bytes of that map's value when all threads have ended; anything when a run is inconclusive.</returns>
    ulong RunTogether(ReadOnlySpan<RunInput> inputs, int map, ObservationBatch into);
}
