using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Timing;

/// <summary>Whether runs may go on from the maps that the one before left: nobody could restore them within the time of a run.</summary>
public static class SteadyMaps
{
    /// <summary>
    /// Runs a program on its initial maps, and on what that left. Maps are steady when the second run leaves what the first one left,
    /// returns the same and takes as many instructions: so will all others.
    /// </summary>
    /// <param name="gate">A sanitised machine.</param>
    /// <param name="request">The load.</param>
    /// <param name="input">What memory holds before each run.</param>
    /// <exception cref="TargetException">They are not, or a run does not return, or the program does not load.</exception>
    public static void Check(IExecutionTarget gate, LoadRequest request, RunInput input)
    {
        if (request.Maps.IsEmpty) return;
        LoadRequest sequence = request with { IsSequence = true };
        LoadResult loaded = gate.Load(sequence);
        using ILoadedProgram program = loaded.Program
            ?? throw new TargetException($"{gate.Name} does not load the program: {loaded.Verdict.Message}");

        ObservationBatch first = Run(gate, program, sequence, [input]);
        ObservationBatch second = Run(gate, program, sequence, [input, input]);
        (Observation before, Observation after) = (first[0], second[1]);
        if (before.Instructions != after.Instructions || before.R0 != after.R0 || before.R0Mask != after.R0Mask)
        {
            throw new TargetException("not timed: a second run on the maps that the first left does something else");
        }

        bool isKnown = !Seen(first.MapsMask(0), before).ContainsAnyExcept((byte)0xff);
        if (!isKnown || !Seen(first.Maps(0), before).SequenceEqual(Seen(second.Maps(1), after)))
        {
            throw new TargetException("not timed: what it leaves in its maps differs from run to run");
        }
    }

    private static ObservationBatch Run(IExecutionTarget gate, ILoadedProgram program, LoadRequest request, ReadOnlySpan<RunInput> inputs)
    {
        var seen = new ObservationBatch();
        seen.Reset(inputs.Length, request.ObservedBytes, (int)MapImage.MaxBytes(request.Maps));
        program.Run(inputs, seen);
        ref Observation last = ref seen[inputs.Length - 1];
        if (last.Status != ExecutionStatus.Returned) throw new TargetException($"not timed: {gate.Name} {last.Status}");
        return last.MapsLength >= 0 ? seen : throw new TargetException($"not timed: {gate.Name} does not show its maps");
    }

    private static ReadOnlySpan<byte> Seen(ReadOnlySpan<byte> image, in Observation observation) => image[..observation.MapsLength];
}
