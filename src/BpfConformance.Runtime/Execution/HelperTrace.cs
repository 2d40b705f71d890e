using System.Numerics;

namespace BpfConformance.Runtime.Execution;

/// <summary>The calls of helpers that a run makes, in their order, in fixed size: how many, and a hash over them. What is taken of each says <see cref="Helpers.TracedHelper"/>.</summary>
public struct HelperTrace
{
    /// <summary>Whether it is kept at all: only comparisons ask for it.</summary>
    public bool IsKept;

    /// <summary>Sanitised runs: whether an argument or a result is each machine's own, so that the hash is, too.</summary>
    public bool IsOpen;

    /// <summary>How many calls were taken.</summary>
    public long Calls;

    /// <summary>Over their numbers, arguments and results.</summary>
    public ulong Hash;

    /// <summary>Before a run: nothing was called.</summary>
    public void Begin() => (IsOpen, Calls, Hash) = (false, 0, 0);

    /// <summary>What is taken next.</summary>
    public void Add(ulong value)
    {
        const ulong GoldenRatio = 0x9e3779b97f4a7c15; // 2^64 divided by it, and odd: no value is lost
        Hash = (BitOperations.RotateLeft(Hash, 29) ^ value) * GoldenRatio;
    }
}
