using System.Diagnostics;
using System.Text;

namespace BpfConformance.Targets.Processes;

/// <summary>
/// Finds processes that left the session of the child that started them: every child has a variable of its own in its
/// environment, and what it starts inherits it. Who also throws that away is not found.
/// </summary>
internal static class StrayProcesses
{
    public const string Variable = "BPFCONF_CHILD";

    /// <summary>Who forks as fast as it is killed is left at last.</summary>
    private const int MaxRounds = 200;

    private static long s_count;

    /// <summary>A value for the variable, unlike any other on this machine.</summary>
    public static string NewMark() => $"{Environment.ProcessId}.{Stopwatch.GetTimestamp()}.{Interlocked.Increment(ref s_count)}";

    /// <summary>Kills every process that has the mark, and returns when there is none any more.</summary>
    public static void End(string mark)
    {
        byte[] entry = Encoding.UTF8.GetBytes($"{Variable}={mark}\0");
        for (int round = 0; round < MaxRounds && KillAll(entry); round++) Thread.Sleep(1);
    }

    private static bool KillAll(byte[] entry)
    {
        bool found = false;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int process) || !Has(folder, entry)) continue;
            found = true;
            _ = ChildNative.kill(process, ChildNative.SignalKill);
        }

        return found;
    }

    private static bool Has(string folder, byte[] entry)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, "environ")).AsSpan().IndexOf(entry) >= 0;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return false; // it is gone, or somebody else's
        }
    }
}
