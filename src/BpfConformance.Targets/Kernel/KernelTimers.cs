using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Targets.Kernel;

/// <summary>Timers of programs call back some time after the run, from an interrupt: here they are waited for.</summary>
internal static class KernelTimers
{
    /// <summary>The number of <c>bpf_timer_start</c>.</summary>
    private const int Start = 171;

    /// <summary>What the kernel may take beyond the time that a timer has.</summary>
    private const int LatenessMilliseconds = 5;

    /// <summary>Whether any of them starts timers.</summary>
    public static bool AreStartedBy(BpfProgram program) => program.Calls(Start);

    /// <summary>Waits until those have called back that do so before anything else happens.</summary>
    public static void Settle() => Thread.Sleep((int)(Timers.SettleNanoseconds / 1_000_000) + LatenessMilliseconds);
}
