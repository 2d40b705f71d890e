using System.ComponentModel;
using System.Diagnostics;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>Compiles a program in C with all warnings as errors, and runs it.</summary>
public static class CompiledReproducer
{
    /// <summary>In the place of an exit code: the compiler refuses it.</summary>
    public const int DoesNotCompile = -1;

    private const string Compiler = "gcc";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    /// <param name="source">The program.</param>
    /// <param name="runs">Whether it is run, too.</param>
    /// <returns>Its exit code, 0 where it was not to be run, and what the last of both said that was started; <c>null</c>: there is no compiler, or no end.</returns>
    public static (int? Code, string Said) Run(string source, bool runs)
    {
        string folder = Directory.CreateTempSubdirectory("bpfconf-").FullName;
        try
        {
            string file = Path.Combine(folder, "case.c");
            string program = Path.Combine(folder, "case");
            File.WriteAllText(file, source);
            (int? code, string said) = Start(Compiler, "-Wall", "-Wextra", "-Werror", "-o", program, file);
            return code is > 0 ? (DoesNotCompile, said) : code == 0 && runs ? Start(program) : (code, said);
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
