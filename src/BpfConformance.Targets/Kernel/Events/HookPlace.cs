using System.Collections.Immutable;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>What programs are attached to.</summary>
internal abstract record HookPlace
{
    private HookPlace()
    {
    }

    /// <summary>The control group of the private network's thread, which takes several.</summary>
    public sealed record Group : HookPlace;

    /// <summary>Perf events, each of which takes one program.</summary>
    public sealed record PerfEvents(ImmutableArray<FileDescriptor> Events) : HookPlace;

    /// <summary>A tracepoint itself, which takes several.</summary>
    /// <param name="Name">Its name; <c>null</c>: the loads have named it.</param>
    public sealed record Tracepoint(string? Name) : HookPlace;
}
