using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Jit;
using BpfConformance.Jit.Il;
using BpfConformance.Jit.X64;

namespace BpfConformance.Targets.InProcess;

/// <summary>How targets and timers load programs into the compilers.</summary>
public static class JitLoaders
{
    /// <summary>What compiled code can show, and what it cannot.</summary>
    internal static CapabilityProbe Checks { get; } =
        new("initialized-ness and provenance", Available: false, "bounds are checked, and instructions counted");

    /// <summary>The IL JIT.</summary>
    public static EngineLoader Il(JitOptions options) => (LoadRequest request, out ValidationError? error) => IlProgram.TryLoad(
        request.Program, request.Maps, request.DataBytes, options, out error);

    /// <summary>The x86-64 JIT.</summary>
    public static EngineLoader X64(JitOptions options) => (LoadRequest request, out ValidationError? error) => X64Program.TryLoad(
        request.Program, request.Maps, request.DataBytes, options, out error);
}
