namespace BpfConformance.Tests.Targets.Kernel.Events;

/// <summary>What this process has attached.</summary>
internal static class AttachedPrograms
{
    /// <summary>How many programs, to tracepoints.</summary>
    public static int AtTracepoints() => Directory.GetFiles("/proc/self/fdinfo").Count(path =>
    {
        try
        {
            return File.ReadAllText(path).Contains("link_type:\traw_tracepoint", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // it has been closed meanwhile
        }
    });
}
