using System.Collections.Immutable;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Targets.Plugin;

/// <summary>What to start as a plug-in, and how long to wait for it.</summary>
/// <param name="Command">The program.</param>
/// <param name="Limit">For the answer to one request.</param>
public sealed record PluginSettings(ChildCommand Command, TimeSpan Limit)
{
    /// <summary>What is known of the way in which it is started; they stand after its own.</summary>
    public ImmutableArray<CapabilityProbe> Probes { get; init; } = [];

    /// <summary>Whether it is known to have a verifier: the protocol does not ask.</summary>
    public bool Verifies { get; init; }

    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    /// <summary>For the first answer of a child: who is asked for quick answers may start slowly all the same.</summary>
    public TimeSpan StartLimit => Limit > DefaultLimit ? Limit : DefaultLimit;

    public PluginSettings(ChildCommand command)
        : this(command, DefaultLimit)
    {
    }
}
