using BpfConformance.Cli;

namespace BpfConformance.Tests.Cli;

/// <summary>What a command line printed and answered.</summary>
internal sealed record Invocation(int Code, string Output, string Error)
{
    /// <summary>What was written, in one line, wherever it was wrapped.</summary>
    public static string Unwrapped(string text) => string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>Runs <c>bpfconf</c> in this process, in the root of the repository.</summary>
internal static class Bpfconf
{
    public static Invocation Run(params string[] args)
    {
        Environment.CurrentDirectory = Repository.Root;
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int code = CommandLine.Run(args, output, error);
        return new Invocation(code, output.ToString(), error.ToString());
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bpfconf");

    public string FullName => _folder.FullName;

    public string Write(string name, string content)
    {
        string path = Path.Combine(FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>The same, for a file that can be started.</summary>
    public string WriteProgram(string name, string content)
    {
        string path = Write(name, content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
