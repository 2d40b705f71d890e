using System.Collections.Immutable;

namespace BpfConformance.Targets.Processes;

/// <summary>A program to start.</summary>
/// <param name="Path">Of the executable file.</param>
/// <param name="Arguments">Without the program's own name.</param>
public sealed record ChildCommand(string Path, params ImmutableArray<string> Arguments)
{
    /// <summary>Where to look for tools of util-linux; they are the same for everybody, whatever PATH says.</summary>
    private static readonly string[] s_toolFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];

    /// <summary>Why no process can be started from it, in one sentence; <c>null</c>: it can.</summary>
    public string? Problem
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return "plug-ins and workers run on Linux only: nothing else here gives a child a session and a deadline";
            if (Directory.Exists(Path)) return $"'{Path}' is a folder";
            if (!File.Exists(Path)) return $"there is no file '{Path}'";
            try
            {
                var file = new FileInfo(File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path);
                return !file.Exists ? $"there is no file '{file.FullName}', to which '{Path}' leads"
                    : (file.UnixFileMode & Executable) == UnixFileMode.None ? $"'{Path}' is not executable"
                    : file.Length == 0 || !IsProgram(Path) ? $"'{Path}' is neither an ELF program nor a script that begins with #!" // a pipe has no length
                    : null;
            }
            catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
            {
                return $"'{Path}' cannot be read: {trouble.Message}";
            }
        }
    }

    private static UnixFileMode Executable => UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What is of neither kind, a shell would run as its own; who may not read it, cannot say.</summary>
    private static bool IsProgram(string path)
    {
        Span<byte> start = stackalloc byte[4];
        try
        {
            using FileStream file = File.OpenRead(path);
            start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }

        return start.StartsWith("\u007fELF"u8) || start.StartsWith("#!"u8);
    }

    /// <summary>The file of a tool; <c>null</c>: this machine has none.</summary>
    public static string? Tool(string name) =>
        s_toolFolders.Select(folder => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>The same, started by a tool that then becomes it.</summary>
    public ChildCommand Through(string tool, params ReadOnlySpan<string> options) => new(tool, [.. options, Path, .. Arguments]);
}
