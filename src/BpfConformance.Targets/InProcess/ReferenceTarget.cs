using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;

namespace BpfConformance.Targets.InProcess;

/// <summary>The reference interpreter, in this process.</summary>
/// <param name="handlers">The meaning of the instructions: sanitised for comparisons, checked for speed.</param>
public sealed class ReferenceTarget(HandlerTable handlers)
    : InProcessTarget("reference", EngineCapabilities.With(Tracking(handlers)) with { Tracks = handlers.IsSanitized }, Loader(handlers)), ITracingTarget
{
    public ReferenceTarget()
        : this(HandlerTable.Sanitized)
    {
    }

    /// <summary>By the sanitised meanings, whichever it has for runs: they know what is a number.</summary>
    public bool Trace(LoadRequest request, ReadOnlySpan<RunInput> inputs, int contextBytes, ExecutionTrace into)
    {
        into.Clear();
        return ReferenceTrace.Run(request, inputs, contextBytes, new StateRecorder(into)) is null;
    }

    /// <summary>The interpreter with these meanings.</summary>
    public static EngineLoader Loader(HandlerTable handlers) => (LoadRequest request, out ValidationError? error) => InterpretedProgram.TryLoad(
        request.Program, request.Maps, request.DataBytes, handlers, out error);

    private static CapabilityProbe Tracking(HandlerTable handlers) =>
        new("initialized-ness and provenance", handlers.IsSanitized, "sanitised runs fault on what was never written");
}
