using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Processes;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>Scripts as children, where there is a Python.</summary>
internal static class Python
{
    private static readonly string? s_path = ChildCommand.Tool("python3");

    /// <summary>Skips the test that asks where scripts cannot be run.</summary>
    public static void Need()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there are no plug-ins");
        if (s_path is null) Assert.Ignore("python3 is not installed");
    }

    /// <param name="script">Path from the root of the repository.</param>
    /// <param name="arguments">For it.</param>
    public static ChildCommand Command(string script, params ReadOnlySpan<string> arguments) =>
        new(s_path ?? "python3", ["-S", Repository.PathOf(script.Split('/')), .. arguments]);

    /// <summary>The plug-in that misbehaves.</summary>
    /// <param name="action">What it does.</param>
    /// <param name="cue">When.</param>
    /// <param name="limit">How long it may take for an answer.</param>
    public static PluginTarget Hostile(string action, string cue, TimeSpan limit) =>
        new("hostile", new PluginSettings(Command("tests/BpfConformance.Tests/Targets/Plugin/hostile.py", action, cue), limit));
}
