using System.Runtime.InteropServices;
using BpfConformance.Reporting.Bench;

namespace BpfConformance.Cli.Benchmarks;

/// <summary>What figures depend on, as far as this machine tells.</summary>
internal static class ThisMachine
{
    private const string CpuFile = "/proc/cpuinfo";
    private const string CpuKey = "model name";

    /// <param name="compiler">Of native programs; <c>null</c>: there is none.</param>
    public static BenchMachine Describe(string? compiler) => new(
        CpuName() ?? $"{RuntimeInformation.ProcessArchitecture}",
        Environment.ProcessorCount,
        $"{RuntimeInformation.OSDescription}, {Environment.OSVersion.VersionString}",
        RuntimeInformation.FrameworkDescription,
        compiler);

    private static string? CpuName() => !File.Exists(CpuFile)
        ? null
        : File.ReadLines(CpuFile).FirstOrDefault(line => line.StartsWith(CpuKey, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim();
}
