using System.ComponentModel;
using System.Diagnostics;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Timing;

/// <summary>gcc, which makes a library of a benchmark program's C as it does for the program's vector: with -O2.</summary>
public sealed class NativeCompiler
{
    /// <summary>As in <c>conformance/programs/build.sh</c>.</summary>
    private const string Variable = "GCC";

    private readonly string _gcc;

    private NativeCompiler(string gcc, string version) => (_gcc, Version) = (gcc, version);

    /// <summary>What it calls itself.</summary>
    public string Version { get; }

    /// <summary>The compiler that is installed, or <c>null</c>.</summary>
    /// <param name="problem">Why there is none; else empty.</param>
    public static NativeCompiler? TryFind(out string problem)
    {
        string gcc = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : "gcc";
        try
        {
            (int code, string version) = Run(gcc, "--version");
            problem = code == 0 ? string.Empty : $"{gcc} --version fails";
            return code == 0 ? new NativeCompiler(gcc, version.Split('\n', 2)[0].Trim()) : null;
        }
        catch (Win32Exception)
        {
            problem = $"{gcc} is not installed";
            return null;
        }
    }

    /// <exception cref="TargetException">It does not compile.</exception>
    public void Compile(string source, string library)
    {
        (int code, string said) = Run(_gcc, "-O2", "-shared", "-fPIC", "-o", library, source);
        if (code != 0) throw new TargetException($"{_gcc} does not compile {source}: {said.Trim()}");
    }

    private static (int Code, string Said) Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!; // not a shell-executed document
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
