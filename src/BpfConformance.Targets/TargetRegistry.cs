using System.Collections.Immutable;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Jit;
using BpfConformance.Jit.Il;
using BpfConformance.Jit.X64;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Processes;

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
    public const string KernelName = "kernel";

    private const string ReferenceName = "reference";

    /// <summary>Before the name of a target: that in a process of its own.</summary>
    public const string WorkerPrefix = "worker:";

    public static ImmutableArray<TargetEntry> All { get; } =
    [
        new(
            ReferenceName,
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
            () => new InProcessTarget("il", JitLoaders.IlCapabilities, JitLoaders.Il(JitOptions.Checked)),
            () =>
            [
                new InProcessTimer("il", JitLoaders.Il(JitOptions.Trusted)),
                new InProcessTimer("il, checked", JitLoaders.Il(JitOptions.Checked)),
            ],
            target => target.Capabilities.Probes),
        new(
            "x64",
            "the x86-64 JIT, checked and metered: machine code of our own",
            X64Program.WhyUnavailable,
            () => new InProcessTarget("x64", JitLoaders.X64Capabilities, JitLoaders.X64(JitOptions.Checked)),
            () =>
            [
                new InProcessTimer("x64", JitLoaders.X64(JitOptions.Trusted)),
                new InProcessTimer("x64, checked", JitLoaders.X64(JitOptions.Checked)),
            ],
            target => target.Capabilities.Probes),
        new(
            KernelName,
            "the Linux kernel's verifier and JIT, by bpf(2); runs only what the reference ran clean",
            KernelTarget.WhyUnavailable,
            () => KernelTarget.Create(new ReferenceTarget()),
            () => [new KernelTimer(new ReferenceTarget())],
            target => ((KernelTarget)target).ProbeEverything()),
    ];

    /// <summary>Plug-ins of this repository whose deviations are kept with the suite's, whether they take part or not.</summary>
    public static ImmutableArray<string> KeptPlugins { get; } = ["dpdk-validator", "dpdk-interpreter", "dpdk-jit"];

    /// <summary>The target of a name: one of <see cref="All"/>, or <c>worker:</c> and one of them; <c>null</c>: there is none.</summary>
    public static TargetEntry? Find(string name)
    {
        bool isWorker = name.StartsWith(WorkerPrefix, StringComparison.Ordinal);
        string own = isWorker ? name[WorkerPrefix.Length..] : name;
        TargetEntry? entry = All.FirstOrDefault(each => each.Name == own);
        return isWorker && entry is not null ? InWorker(entry, name) : entry;
    }

    /// <summary>The kernel, for programs that are not the suite's own: in a worker, though nobody has asked for one.</summary>
    public static TargetEntry KernelForStrangers { get; } = InWorker(All.Single(IsKernel), KernelName);

    /// <summary>What is not as it should be with a worker for the kernel; <c>null</c>: nothing.</summary>
    public static string? ProblemOfKernelWorkers => Namespaces.Problem;

    /// <summary>The same machine in a process of its own, which may break without harm.</summary>
    private static TargetEntry InWorker(TargetEntry entry, string name) => new(
        name,
        $"{entry.Description}; in a process of its own",
        entry.WhyUnavailable,
        () => new PluginTarget(name, SettingsOf(entry)),
        () => throw new TargetException($"{name} is not timed: its runs go through a pipe"),
        target => target.Capabilities.Probes);

    private static bool IsKernel(TargetEntry entry) => entry.Name == KernelName;

    private static PluginSettings SettingsOf(TargetEntry entry)
    {
        ChildCommand command = WorkerCommand.For(entry.Name);
        return entry.Name switch
        {
            KernelName => new PluginSettings(Namespaces.Around(command)) { Completed = said => said with { Probes = said.Probes.Add(Namespaces.Probe()) } },
            _ => new PluginSettings(command),
        };
    }
}
