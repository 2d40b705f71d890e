using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Timing;

/// <summary>Whether runs may go on from the memory that the one before left: then none pays for restoring it.</summary>
public static class SteadyMemory
{
    /// <summary>
    /// Runs a program on its input, and on what that left. Memory is steady when these two are all that there is to see, however
    /// often the program goes on: it changed nothing, or nothing more, or took its changes back, and both took as many instructions.
    /// </summary>
    /// <param name="gate">A sanitised machine: that the runs return says that they depend on nothing which another run left on the stack.</param>
    /// <param name="request">The load.</param>
    /// <param name="input">What memory holds before the first run.</param>
    /// <exception cref="TargetException">A run does not return, or the program does not load.</exception>
    public static bool IsSteady(IExecutionTarget gate, LoadRequest request, RunInput input)
    {
        LoadResult loaded = gate.Load(request);
        using ILoadedProgram program = loaded.Program
            ?? throw new TargetException($"{gate.Name} does not load the program: {loaded.Verdict.Message}");

        (byte[] left, long instructions) = Run(gate, program, request, input);
        if (left.AsSpan().SequenceEqual(input.Data.Span)) return true;
        if (!request.Maps.IsEmpty) return false; // what comes of other memory and of other maps is not known

        (byte[] leftThen, long instructionsThen) = Run(gate, program, request, new RunInput(left));
        return instructions == instructionsThen
            && (leftThen.AsSpan().SequenceEqual(left) || leftThen.AsSpan().SequenceEqual(input.Data.Span));
    }

    private static (byte[] Left, long Instructions) Run(IExecutionTarget gate, ILoadedProgram program, LoadRequest request, RunInput input)
    {
        var seen = new ObservationBatch();
        seen.Reset(1, request.ObservedBytes);
        program.Run([input], seen);
        if (seen[0].Status != ExecutionStatus.Returned) throw new TargetException($"not timed: {gate.Name} {seen[0].Status}");
        return (seen.Data(0)[..Math.Max(seen[0].DataLength, 0)].ToArray(), seen[0].Instructions);
    }
}
