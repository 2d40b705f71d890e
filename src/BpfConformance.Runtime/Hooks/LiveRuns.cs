using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Runs programs on what is on its way, one after the other.</summary>
/// <param name="engine">The programs, and the machine.</param>
/// <param name="budget">Instructions after which a run is ended.</param>
/// <param name="observer">Is told of each run that returned.</param>
internal sealed unsafe class LiveRuns(IMachineProgram engine, long budget, IPacketObserver observer)
{
    public MachineMemory Memory => engine.Memory;

    /// <summary>Whether a program has not returned, or what it did is a machine's own: nothing follows any more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Another packet.</summary>
    public void Begin() => HasEnded = false;

    /// <summary>Whether the program has returned; the machine holds what it left.</summary>
    /// <param name="program">By its index.</param>
    /// <param name="bytes">All of what it decides on.</param>
    /// <param name="live">The same, at its place.</param>
    /// <param name="context">What is given of its context.</param>
    /// <param name="redirect">What helpers have said before.</param>
    public bool TryRun(int program, ReadOnlySpan<byte> bytes, ILiveData live, ReadOnlySpan<byte> context = default, Redirect redirect = default)
    {
        Machine* m = Memory.Machine;
        try
        {
            Memory.Live = live;
            engine.Prepare(bytes, budget, program, context);
            m->Redirect = redirect;
            engine.RunPrepared();
        }
        finally
        {
            Memory.Live = null;
        }

        Memory.KeepsMaps = true; // another program on this way finds them as this one has left them
        HasEnded = m->Status != RunStatus.Returned || m->VolatileFlowPc >= 0 || m->HeldLock != 0;
        if (!HasEnded) observer.Ran(program);
        return !HasEnded;
    }
}
