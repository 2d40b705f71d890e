using System.Runtime;

namespace BpfConformance.Targets.Timing;

/// <summary>Runs what the runtime has not optimised yet until it is: it compiles anew what was called often, in the background, one method after the other.</summary>
public static class WarmUp
{
    /// <summary>Until the runtime begins: it waits for a moment in which nothing is compiled for the first time.</summary>
    private const int LeastStretches = 3;

    /// <summary>What is not ready by then waits for a processor that others have.</summary>
    private const int MostStretches = 16;

    /// <summary>Methods that a stretch may still compile: there is always one that is called seldom.</summary>
    private const int Few = 10;

    /// <summary>Until the runtime compiles next to nothing any more; answers how many stretches that took.</summary>
    /// <param name="stretch">Does it for half a second or so.</param>
    public static int UntilCompiled(Action stretch) => UntilCompiled(stretch, () => JitInfo.GetCompiledMethodCount());

    /// <param name="stretch">Does it for half a second or so.</param>
    /// <param name="compiled">Methods that were compiled until now.</param>
    internal static int UntilCompiled(Action stretch, Func<long> compiled)
    {
        long before = compiled();
        for (int stretches = 1; ; stretches++)
        {
            stretch();
            long after = compiled();
            if (stretches >= MostStretches || (stretches >= LeastStretches && after - before <= Few)) return stretches;
            before = after;
        }
    }
}
