using System.ComponentModel;
using System.Diagnostics;

namespace BpfConformance.Harnesses;

/// <summary>Programs of the system, which may not be installed.</summary>
internal static class NativeTool
{
    /// <summary>Runs one to its end.</summary>
    /// <param name="command">Its name.</param>
    /// <param name="package">The package of Debian that brings it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its exit code, and what it said of errors.</returns>
    public static (int Code, string Said) Run(string command, string package, params string[] arguments)
    {
        using Process process = Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true }, package);
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }

    /// <exception cref="UsageException">It is not installed.</exception>
    public static Process Start(ProcessStartInfo start, string package)
    {
        try
        {
            return Process.Start(start)!; // a program, not a document
        }
        catch (Win32Exception)
        {
            throw new UsageException($"{start.FileName} is not installed: Debian's package {package} brings it");
        }
    }
}
