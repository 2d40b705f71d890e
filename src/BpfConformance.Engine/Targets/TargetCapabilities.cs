using System.Collections.Immutable;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Targets;

/// <summary>One thing that a target was asked, and what it answered.</summary>
/// <param name="Name">What was probed.</param>
/// <param name="Available">Whether it is there.</param>
/// <param name="Detail">Version or commit that brought it, or why it is missing.</param>
public sealed record CapabilityProbe(string Name, bool Available, string Detail);

/// <summary>What a target can do; it narrows what is offered to it.</summary>
/// <param name="Version">Of the machine, for reports.</param>
/// <param name="Groups">Conformance groups it has.</param>
/// <param name="Cpu">The highest CPU version it has.</param>
/// <param name="Types">Program types it loads.</param>
/// <param name="MaxDataBytes">The largest memory it can be given.</param>
/// <param name="Probes">What was asked to find out.</param>
public sealed record TargetCapabilities(
    string Version,
    ImmutableSortedSet<ConformanceGroup> Groups,
    CpuVersion Cpu,
    ImmutableSortedSet<ProgramType> Types,
    int MaxDataBytes,
    ImmutableArray<CapabilityProbe> Probes)
{
    /// <summary>Whether it has a user space that reaches maps: fills them, takes steps between runs, and shows what is in them afterwards.</summary>
    public bool HasUserSpace { get; init; }

    /// <summary>Whether it loads several programs that share maps, and does tail calls between them.</summary>
    public bool HasSeveralPrograms { get; init; }

    /// <summary>
    /// Whether its programs have contexts: it is told what they are attached to, their license and flags, is given fields, and shows
    /// them afterwards.
    /// </summary>
    public bool HasContexts { get; init; }

    /// <summary>Whether its programs are attached to the hooks of a network, in which packets are on their way.</summary>
    public bool HasNetwork { get; init; }

    /// <summary>Whether it has control groups, sockets and tasks, in maps and as what something is stored for.</summary>
    public bool HasObjects { get; init; }

    /// <summary>Whether it has the sockets of that network, which maps may hold.</summary>
    public bool HasSockets { get; init; }

    /// <summary>Whether values of its maps may have fields of the kernel's: <see cref="Abi.Maps.ValueField"/>.</summary>
    public bool HasValueFields { get; init; }

    /// <summary>Whether it has a verifier: what it accepts is promised not to fault.</summary>
    public bool Verifies { get; init; }

    /// <summary>Whether it tracks values while they run, and so ends runs with faults that others cannot see: <see cref="FaultKinds.NeedsTracking"/>.</summary>
    public bool Tracks { get; init; }

    /// <summary>Whether loads of a part of a context's field give that part, wherever in the field it is. Linux 6.18 gives another of fields that are narrower in the kernel.</summary>
    public bool HasUpperPartsOfFields { get; init; } = true;

    /// <summary>What an instruction usually costs it at load, as far as its loads show what they took.</summary>
    public UsualCost UsualCost { get; init; }

    /// <summary>
    /// Linux's helpers that it has, by number, and under the numbers that Linux gave them: RFC 9669 assigns none. All, unless it
    /// says otherwise: then its verdict tells.
    /// </summary>
    public ImmutableSortedSet<int> Helpers { get; init; } = HelperTable.All;

    /// <summary>Those of <see cref="Helpers"/> that may fail for want of memory, whatever the program does: what a run comes to that calls one follows only from several.</summary>
    public ImmutableSortedSet<int> MayLackMemory { get; init; } = [];

    /// <summary>Those of <see cref="Types"/> whose programs it has no way to run.</summary>
    public ImmutableSortedSet<ProgramType> OnlyLoaded { get; init; } = [];

    /// <summary>What the probe of a program type says; <c>null</c>: there was none.</summary>
    public string? DetailOf(ProgramType type) => Probes.FirstOrDefault(probe => probe.Name == ProbeOf(type))?.Detail;

    /// <summary>The name of the probe of a program type.</summary>
    public static string ProbeOf(ProgramType type) => $"program type {Vocabulary.ProgramTypes[type]}";
}
