using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Jit.X64;

/// <summary>What emitted code calls in this process. Nothing here may throw: there is no managed frame that would catch it.</summary>
internal static unsafe class HostCalls
{
    /// <summary>Calls the helper of that number, with r1–r5 and r10 of the machine; its value is in r0 of the machine.</summary>
    public static nint Helper => (nint)(delegate* unmanaged<Machine*, ulong, int>)&CallHelper;

    /// <summary>Takes a tail call with r1–r3 of the machine; where it leads is in r0 of the machine, 0 when it falls through.</summary>
    public static nint TailCall => (nint)(delegate* unmanaged<Machine*, int>)&TakeTailCall;

    /// <summary>Begins what the helper of that number calls, with r1–r4 of the machine; r0 of the machine is 0 then.</summary>
    public static nint BeginCallbacks => (nint)(delegate* unmanaged<Machine*, ulong, int>)&BeginAllCallbacks;

    /// <summary>The function that is called next, with r1–r5 of the machine, after the last one returned that; 0: none, and the result is in r0.</summary>
    public static nint NextCallback => (nint)(delegate* unmanaged<Machine*, ulong, nint>)&TakeNextCallback;

    /// <summary>Big-endian bytes of the packet, or −1.</summary>
    public static nint Packet => (nint)(delegate* unmanaged<Machine*, int, int, long>)&LoadPacket;

    /// <summary>Loads a field of a context, of so many bytes, or with <see cref="ExtendsSign"/>; its value is in the machine.</summary>
    public static nint LoadOfField => (nint)(delegate* unmanaged<Machine*, ulong, int, int>)&LoadField;

    /// <summary>Stores what is in the machine to such a field.</summary>
    public static nint StoreOfField => (nint)(delegate* unmanaged<Machine*, ulong, int, int>)&StoreField;

    /// <summary>Above the number of bytes of a load.</summary>
    public const int ExtendsSign = 0x100;

    [UnmanagedCallersOnly]
    private static int CallHelper(Machine* machine, ulong number)
    {
        machine->LastStack = (uint)((machine->Registers[(int)Register.R10] - machine->Origin) >> machine->RegionShift);
        return (int)RegisterCall.Invoke(machine, number);
    }

    [UnmanagedCallersOnly]
    private static int TakeTailCall(Machine* machine)
    {
        FaultKind fault = TailCalls.Take(machine, out int program);
        machine->Registers[(int)Register.R0] = program == TailCalls.None ? 0 : (ulong)machine->Native.Entries[machine->SlotCount + program];
        return (int)fault;
    }

    [UnmanagedCallersOnly]
    private static int BeginAllCallbacks(Machine* machine, ulong number)
    {
        machine->Registers[(int)Register.R0] = 0;
        return (int)Callbacks.Begin(machine, (int)number);
    }

    [UnmanagedCallersOnly]
    private static nint TakeNextCallback(Machine* machine, ulong result)
    {
        int function = Callbacks.Next(machine, result);
        return function == Callbacks.None ? 0 : machine->Native.Entries[function];
    }

    [UnmanagedCallersOnly]
    private static long LoadPacket(Machine* machine, int position, int bytes) => LegacyPacket.Load(machine, position, bytes);

    [UnmanagedCallersOnly]
    private static int LoadField(Machine* machine, ulong address, int access)
    {
        bool isThere = ContextAccesses.TryLoad(machine, address, access & ~ExtendsSign, (access & ExtendsSign) != 0, out machine->Native.FieldValue);
        return (int)(isThere ? FaultKind.None : FaultKind.OutOfBoundsLoad);
    }

    [UnmanagedCallersOnly]
    private static int StoreField(Machine* machine, ulong address, int bytes) =>
        (int)(ContextAccesses.TryStore(machine, address, bytes, machine->Native.FieldValue) ? FaultKind.None : FaultKind.OutOfBoundsStore);

    /// <summary>
    /// Emitted code does not say when it enters a frame; which one it is in follows from r10. For it all stacks are open, and it
    /// looks at none behind the current one; helpers are told which that is.
    /// </summary>
    public static void OpenStacks(Machine* machine)
    {
        for (uint stack = machine->FirstStack; stack < machine->RegionCount; stack++) machine->Regions[stack].Length = MachineLimits.StackBytes;
    }
}
