using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>
/// What of a machine is a single run's, as that finds it. Beside this there are contents of regions, and what is known of the packet (<see cref="MachineMemory.Reset"/>);
/// <see cref="Machine.Tunnel"/>, which is seen only by way of the packet; <see cref="Machine.Lookups"/>, <see cref="Machine.HasNetwork"/> and <see cref="Machine.HasRoutePrograms"/>, the host's; and <see cref="Machine.TimersStarted"/>, of which only the order counts.
/// </summary>
internal static unsafe class RunState
{
    /// <summary>Every run begins like this.</summary>
    public static void Begin(Machine* m, long budget, ProgramType type, bool areTimersKnown)
    {
        (m->BudgetLeft, m->Uncharged, m->Type) = (budget, 0, type);
        (m->Status, m->Fault, m->FaultPc, m->VolatileFlowPc, m->VolatileHelper) = (RunStatus.Running, FaultKind.None, -1, -1, 0);
        (m->Depth, m->BaseDepth, m->LastStack) = (0, 0, m->RegionCount - 1);
        (m->TailCallsLeft, m->OpenWalks, m->HeldLock) = (MachineLimits.TailCalls, 0, 0);
        (m->RandomState, m->ClockNanoseconds) = (0x9e3779b97f4a7c15, 1_000_000_000);
        m->SettledAt = areTimersKnown ? m->ClockNanoseconds + Timers.SettleNanoseconds : 0;
        (m->Redirect, m->Choice, m->CallResult, m->Copies) = (default, default, 0, 0);
        m->HelperTrace.Begin();
        new Span<ulong>(m->Registers, MachineLimits.RegisterCount).Clear();
        new Span<uint>(m->Provenance, MachineLimits.RegisterCount).Clear();
    }

    /// <summary>What it is given besides is forgotten, before what it is about to be given is there.</summary>
    public static void Forget(Machine* m)
    {
        (m->Socket, m->Message) = (StoredObject.SocketOfRun, default);
        m->Setting.Length = 0; // the room for it is kept
    }

    /// <summary>The registers of the calling convention: the context, or the memory and its length.</summary>
    public static void SetArguments(Machine* m, int dataBytes)
    {
        if (m->Type != ProgramType.Unspecified)
        {
            m->Registers[1] = m->Regions[Regions.Context].Start;
            m->Provenance[1] = Provenance.PointerTo(Regions.Context);
            return;
        }

        m->Registers[1] = dataBytes == 0 ? 0 : m->Regions[Regions.Data].Start;
        m->Registers[2] = (ulong)dataBytes;
        m->Provenance[1] = dataBytes == 0 ? Provenance.Scalar : Provenance.PointerTo(Regions.Data);
        m->Provenance[2] = Provenance.Scalar;
    }
}
