using System.Diagnostics;
using System.Text;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Processes;

/// <summary>
/// Ends what a child has started. It is found by the session that the child leads, which only who asks for another leaves; and by
/// a variable of the child's own in its environment, which only who throws it away does not inherit. Who does both is not found.
/// Nor is anybody before Linux 5.3, which has no pidfd_open.
/// </summary>
internal static class StrayProcesses
{
    public const string Variable = "BPFCONF_CHILD";

    /// <summary>Who forks as fast as it is killed is left at last.</summary>
    private const int MaxRounds = 200;

    private static long s_count;

    /// <summary>A value for the variable, unlike any other on this machine.</summary>
    public static string NewMark() => $"{Environment.ProcessId}.{Stopwatch.GetTimestamp()}.{Interlocked.Increment(ref s_count)}";

    /// <summary>Kills every process of a session, and returns when there is none any more. As long as its leader is not reaped, the number is no other's.</summary>
    public static void EndSession(int session) => End(process => ChildNative.getsid(process) == session && !HasEnded(process));

    /// <summary>Kills every process that has the mark, and returns when there is none any more.</summary>
    public static void EndMarked(string mark) => EndWith($"{Variable}={mark}\0");

    /// <summary>The same for every mark of this process.</summary>
    public static void EndAllMarked() => EndWith($"{Variable}={Environment.ProcessId}.");

    private static void EndWith(string variable)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(variable);
        End(process => Read(process, "environ").IndexOf(bytes) >= 0);
    }

    private static void End(Predicate<int> isStray)
    {
        for (int round = 0; round < MaxRounds && KillAll(isStray); round++) Thread.Sleep(1);
    }

    private static bool KillAll(Predicate<int> isStray)
    {
        bool found = false;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int number)) continue;
            using FileDescriptor? process = Open(number); // before it is looked at: if the number becomes another's in between, that one gets no signal
            found |= process is not null && isStray(number) && Kill(process);
        }

        return found;
    }

    private static FileDescriptor? Open(int process)
    {
        nint descriptor = ChildNative.syscall(ChildNative.OpenProcess, process, 0, 0, 0);
        return descriptor < 0 ? null : new FileDescriptor((int)descriptor); // it is gone
    }

    private static bool Kill(FileDescriptor process) =>
        ChildNative.syscall(ChildNative.SendSignalToProcess, process.Number, ChildNative.SignalKill, 0, 0) == 0;

    /// <summary>Whether only its exit code is left, for a parent that may never ask.</summary>
    private static bool HasEnded(int process)
    {
        ReadOnlySpan<byte> stat = Read(process, "stat"); // number (name) state …: a name may hold anything
        return stat[(stat.LastIndexOf((byte)')') + 1)..] is not [_, not ((byte)'Z' or (byte)'X'), ..];
    }

    private static ReadOnlySpan<byte> Read(int process, string file)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{process}/{file}");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return []; // it is gone, or somebody else's
        }
    }
}
