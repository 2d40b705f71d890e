using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Targets.Plugin;

/// <summary>What to start as a plug-in, and how long to wait for it.</summary>
/// <param name="Command">The program.</param>
/// <param name="Limit">For the answer to one request.</param>
public sealed record PluginSettings(ChildCommand Command, TimeSpan Limit)
{
    /// <summary>Adds to what it says of itself what is known of it: a child may not know all.</summary>
    public Func<TargetCapabilities, TargetCapabilities> Completed { get; init; } = said => said;

    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    /// <summary>For the first answer of a child: who is asked for quick answers may start slowly all the same.</summary>
    public TimeSpan StartLimit => Limit > DefaultLimit ? Limit : DefaultLimit;

    public PluginSettings(ChildCommand command)
        : this(command, DefaultLimit)
    {
    }
}
