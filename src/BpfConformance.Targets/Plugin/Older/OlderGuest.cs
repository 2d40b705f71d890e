using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Older;

/// <summary>Answers as a plug-in of the older protocol does: one program, one memory, one result.</summary>
public static class OlderGuest
{
    /// <summary>r0 as the protocol wants it, or why there is none.</summary>
    /// <param name="target">Who runs it.</param>
    /// <param name="program">The instruction stream.</param>
    /// <param name="memory">May be empty.</param>
    /// <exception cref="Abi.BpfFormatException">The bytes are no whole instructions.</exception>
    public static (string? Result, string? Error) Run(IExecutionTarget target, ReadOnlySpan<byte> program, byte[] memory)
    {
        var input = new RunInput(memory);
        var request = new LoadRequest(BpfProgram.FromBytes(program, source: "standard input"), [], memory.Length) { FirstInput = input };
        LoadResult load = target.Load(request);
        using ILoadedProgram? loaded = load.Program;
        if (loaded is null) return (null, $"{load.Verdict.Kind}: {load.Verdict.Text}");

        var batch = new ObservationBatch();
        batch.Reset(1, memory.Length);
        loaded.Run([input], batch);
        Outcome outcome = batch.Materialize(0);
        return outcome switch
        {
            { Status: ExecutionStatus.Returned, R0: { } r0, R0Mask: ulong.MaxValue } => ($"{r0:x}", null),
            { Status: ExecutionStatus.Returned } => (null, "r0 was not seen: it holds an address, time or chance"),
            { Fault: { } fault } => (null, $"Faulted: {fault.Kind}{(fault.Pc is { } pc ? $" at pc {pc}" : string.Empty)}"),
            _ => (null, $"{outcome.Status}{(outcome.Reason.Length > 0 ? $": {outcome.Reason}" : string.Empty)}"),
        };
    }
}
