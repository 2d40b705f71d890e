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
    private static readonly CapabilityProbe s_checks =
        new("initialized-ness and provenance", Available: false, "bounds are checked, and instructions counted");

    // Of 20,000 valid programs (seed 7, 30 instructions), with checks and meter.
    private static readonly UsualCost s_ilCost = new(VerifiedInstructions: null, CodeBytes: 50);
    private static readonly UsualCost s_x64Cost = new(VerifiedInstructions: null, CodeBytes: 20);

    /// <summary>What the IL JIT can do.</summary>
    public static TargetCapabilities IlCapabilities => EngineCapabilities.With(s_checks) with { UsualCost = s_ilCost };

    /// <summary>The same of the x86-64 JIT.</summary>
    public static TargetCapabilities X64Capabilities => EngineCapabilities.With(s_checks) with { UsualCost = s_x64Cost };

    /// <summary>The IL JIT.</summary>
    public static EngineLoader Il(JitOptions options) => (LoadRequest request, out ValidationError? error) => IlProgram.TryLoad(
        request.Program, request.Maps, request.DataBytes, options, out error);

    /// <summary>The x86-64 JIT.</summary>
    public static EngineLoader X64(JitOptions options) => (LoadRequest request, out ValidationError? error) => X64Program.TryLoad(
        request.Program, request.Maps, request.DataBytes, options, out error);
}
