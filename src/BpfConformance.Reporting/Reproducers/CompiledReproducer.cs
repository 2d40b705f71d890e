using System.ComponentModel;
using System.Diagnostics;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>Compiles a program in C with all warnings as errors, and runs it.</summary>
public static class CompiledReproducer
{
    /// <summary>Instead of the compiler's own exit code, which a program could have, too.</summary>
    public const int NotCompiled = 64;

    private const string Compiler = "gcc";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    /// <param name="source">The program.</param>
    /// <param name="runs">Whether it is run, too.</param>
    /// <returns>The exit code of the last of both that was started, or <see cref="NotCompiled"/>, and what it said; <c>null</c>: there is no compiler, or no end.</returns>
    public static (int? Code, string Said) Run(string source, bool runs)
    {
        string folder = Directory.CreateTempSubdirectory("bpfconf-").FullName;
        try
        {
            string file = Path.Combine(folder, "case.c");
            string program = Path.Combine(folder, "case");
            File.WriteAllText(file, source);
            (int? code, string said) = Start(Compiler, "-Wall", "-Wextra", "-Werror", "-o", program, file);
            return code switch
            {
                null => (null, said),
                0 => runs ? Start(program) : (0, said),
                _ => (NotCompiled, said),
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (int? Code, string Said) Start(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!; // not a document
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (process.WaitForExit(s_limit)) return (process.ExitCode, errors.GetAwaiter().GetResult() + output.GetAwaiter().GetResult());
            process.Kill(entireProcessTree: true);
            return (null, $"{command} does not end");
        }
        catch (Win32Exception)
        {
            return (null, $"{command} is not installed");
        }
    }
}
