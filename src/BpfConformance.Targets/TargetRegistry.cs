using System.Collections.Immutable;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Jit;
using BpfConformance.Jit.Il;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;

namespace BpfConformance.Targets;

/// <summary>A kind of target that can be asked for by name.</summary>
/// <param name="Name">As in <c>--target</c>.</param>
/// <param name="Description">A few words.</param>
/// <param name="WhyUnavailable">Says why there is none here; <c>null</c>: there is.</param>
/// <param name="Create">Makes one, where it is available.</param>
/// <param name="CreateTimers">Makes what <c>bench</c> measures it with: one for each way to run it.</param>
/// <param name="ProbeEverything">Asks such a target all that a person may want to know.</param>
public sealed record TargetEntry(
    string Name,
    string Description,
    Func<string?> WhyUnavailable,
    Func<IExecutionTarget> Create,
    Func<ImmutableArray<ITargetTimer>> CreateTimers,
    Func<IExecutionTarget, ImmutableArray<CapabilityProbe>> ProbeEverything);

/// <summary>All targets, the reference first: one line each.</summary>
public static class TargetRegistry
{
    public static ImmutableArray<TargetEntry> All { get; } =
    [
        new(
            "reference",
            "the reference interpreter, sanitised: faults on what was never written",
            () => null,
            () => new ReferenceTarget(),
            () =>
            [
                new InProcessTimer("reference", ReferenceTarget.Loader(HandlerTable.Checked)),
                new InProcessTimer("reference, sanitised", ReferenceTarget.Loader(HandlerTable.Sanitized)),
            ],
            target => target.Capabilities.Probes),
        new(
            "il",
            "the IL JIT, checked and metered: .NET's own compiler makes machine code of programs",
            IlProgram.WhyUnavailable,
            () => new InProcessTarget("il", EngineCapabilities.With(JitLoaders.Checks), JitLoaders.Il(JitOptions.Checked)),
            () =>
            [
                new InProcessTimer("il", JitLoaders.Il(JitOptions.Trusted)),
                new InProcessTimer("il, checked", JitLoaders.Il(JitOptions.Checked)),
            ],
            target => target.Capabilities.Probes),
        new(
            "kernel",
            "the Linux kernel's verifier and JIT, by bpf(2); runs only what the reference ran clean",
            KernelTarget.WhyUnavailable,
            () => KernelTarget.Create(new ReferenceTarget()),
            () => [new KernelTimer(new ReferenceTarget())],
            target => ((KernelTarget)target).ProbeEverything()),
    ];
}
