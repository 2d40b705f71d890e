using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;

namespace BpfConformance.Targets.InProcess;

/// <summary>The compiler for this processor, in this process.</summary>
public sealed class X64Target() : InProcessTarget("x64", EngineCapabilities.With(), Loader(JitOptions.Checked))
{
    /// <summary>The compiler with these options.</summary>
    public static EngineLoader Loader(JitOptions options) => (LoadRequest request, out ValidationError? error) => X64Program.TryLoad(
        request.Program.Instructions.AsSpan(), request.Maps, request.Program.Type, request.DataBytes, options, out error);
}
