using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.X64;

/// <summary>What emitted code calls in this process. Nothing here may throw: there is no managed frame that would catch it.</summary>
internal static unsafe class HostCalls
{
    /// <summary>Calls the helper of that number, with r1–r5 and r10 of the machine; its value is in r0 of the machine.</summary>
    public static nint Helper => (nint)(delegate* unmanaged<Machine*, ulong, int>)&CallHelper;

    /// <summary>Big-endian bytes of the packet, or −1.</summary>
    public static nint Packet => (nint)(delegate* unmanaged<Machine*, int, int, long>)&LoadPacket;

    [UnmanagedCallersOnly]
    private static int CallHelper(Machine* machine, ulong number)
    {
        int later = (int)((machine->Registers[(int)Register.R10] - machine->Origin) >> machine->RegionShift) + 1;
        SetStacks(machine, later, bytes: 0);
        FaultKind fault = RegisterCall.Invoke(machine, number);
        SetStacks(machine, later, MachineLimits.StackBytes);
        return (int)fault;
    }

    [UnmanagedCallersOnly]
    private static long LoadPacket(Machine* machine, int position, int bytes) => LegacyPacket.Load(machine, position, bytes);

    /// <summary>
    /// Emitted code does not say when it enters a frame; which one it is in follows from r10. For it all stacks are open, and it
    /// looks at none behind the current one; helpers do not know.
    /// </summary>
    public static void SetStacks(Machine* machine, int first, uint bytes)
    {
        for (int stack = first; stack < Regions.Stack + MachineLimits.CallFrames; stack++) machine->Regions[stack].Length = bytes;
    }
}
