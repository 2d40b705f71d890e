using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Older;

namespace BpfConformance.Targets.Plugin;

/// <summary>A plug-in as a target that is asked for by the path of its file.</summary>
public static class PluginEntry
{
    /// <summary>Before the path.</summary>
    public const string Prefix = "plugin:";

    /// <summary>Called by the name of its file, without the extension.</summary>
    /// <param name="settings">What to start.</param>
    /// <param name="wanted">What it speaks; <c>null</c>: that is found out.</param>
    public static TargetEntry Of(PluginSettings settings, PluginProtocolKind? wanted)
    {
        string name = Path.GetFileNameWithoutExtension(settings.Command.Path);
        var detection = new Lazy<PluginDetection>(() => PluginDetection.Of(settings, wanted));
        return new TargetEntry(
            name,
            $"a plug-in, {settings.Command.Path}",
            () => detection.Value.Problem,
            () => detection.Value.Kind switch
            {
                PluginProtocolKind.Bpfconf => new PluginTarget(name, settings),
                PluginProtocolKind.BpfConformance => new OlderTarget(name, settings),
                null => throw new TargetException($"{name} is not available: {detection.Value.Problem}"),
            },
            () => throw new TargetException($"{name} is not timed: its runs go through a pipe"),
            target => target.Capabilities.Probes);
    }
}
