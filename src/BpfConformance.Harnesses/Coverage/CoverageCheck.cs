using BpfConformance.Loading.Assembly;

namespace BpfConformance.Harnesses.Coverage;

/// <summary>Without counters that count, an engine would look for nothing, and say that it finds nothing.</summary>
internal static class CoverageCheck
{
    /// <exception cref="UsageException">Nothing counts.</exception>
    public static void Run()
    {
        BranchMap.Counters.Clear();
        Assembler.Assemble("exit");
        bool counts = BranchMap.Counters.ContainsAnyExcept((byte)0);
        BranchMap.Counters.Clear();
        if (!counts) throw new UsageException($"coverage is zero: the assemblies in '{AppContext.BaseDirectory}' are not instrumented; start a worker from an instrumented copy, as run-fuzz.sh does");
    }
}
