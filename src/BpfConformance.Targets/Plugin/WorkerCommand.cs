using System.Collections.Immutable;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Targets.Plugin;

/// <summary>How this program is started as a worker: another process of itself, which serves one of its targets, or runs cases of a campaign.</summary>
public static class WorkerCommand
{
    public const string Verb = "worker";

    private const string ProgramName = "bpfconf";

    /// <param name="target">The name of a target that it has itself.</param>
    /// <exception cref="TargetException">The program is not where it should be.</exception>
    public static ChildCommand For(string target) => Of([Verb, "--target", target]);

    /// <param name="arguments">The verb first.</param>
    /// <exception cref="TargetException">The program is not where it should be.</exception>
    public static ChildCommand Of(ImmutableArray<string> arguments)
    {
        // Also tests, whose process is another program, lie beside it.
        string beside = Path.Combine(AppContext.BaseDirectory, ProgramName);
        if (File.Exists(beside)) return new ChildCommand(beside, arguments);

        // dotnet bpfconf.dll
        string assembly = Path.Combine(AppContext.BaseDirectory, $"{ProgramName}.dll");
        return Environment.ProcessPath is { } host && File.Exists(assembly)
            ? new ChildCommand(host, [assembly, .. arguments])
            : throw new TargetException($"no worker can be started: there is no '{beside}'");
    }
}
