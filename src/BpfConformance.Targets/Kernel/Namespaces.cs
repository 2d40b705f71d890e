using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// Network, mounts, control groups and processes of its own for a worker: what a program's run does beyond itself then
/// goes away with the worker.
/// </summary>
internal static class Namespaces
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    private static readonly string[] s_options = ["--net", "--mount", "--cgroup", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];

    private static readonly Lazy<string?> s_problem = new(Find);

    /// <summary>Why there are none here, in one sentence; <c>null</c>: there are.</summary>
    public static string? Problem => s_problem.Value;

    /// <summary>The command in namespaces of its own, or as it is where there are none.</summary>
    public static ChildCommand Around(ChildCommand command) =>
        Problem is null ? command.Through(ChildCommand.Tool("unshare")!, s_options) : command; // without the tool there is a problem

    /// <summary>For <c>bpfconf targets</c>.</summary>
    public static CapabilityProbe Probe() => new(
        "namespaces of its own", Problem is null, Problem ?? "network, mounts, control groups and processes, by unshare of util-linux");

    private static string? Find()
    {
        if (!OperatingSystem.IsLinux()) return "this is not Linux";
        if (ChildCommand.Tool("unshare") is not { } unshare) return "there is no unshare (util-linux)";
        if (ChildCommand.Tool("true") is not { } nothing) return "there is no program to try unshare with";

        using var child = ChildProcess.Start(new ChildCommand(nothing).Through(unshare, s_options), StrayProcesses.NewMark());
        ChildEnd? end = child.WaitForEnd(Deadline.After(s_limit));
        return end is { Signal: 0, ExitCode: 0 } ? null : $"unshare {(end is null ? "does not end" : $"{end}")}: {child.LastErrors}";
    }
}
