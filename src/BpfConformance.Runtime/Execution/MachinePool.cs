using System.Collections.Immutable;
using System.ComponentModel;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>
/// Machines, kept from program to program: making one with native addresses takes several times as long as compiling a small program, even in an
/// address space that was kept (<see cref="RegionSpacePool"/>), and one with others half as long as decoding it. Those with maps, or with room for sockets, are made anew, as each has other ones.
/// </summary>
public static unsafe class MachinePool
{
    /// <summary>Of each addressing.</summary>
    private const int MaxIdle = 16;

    /// <summary>A machine with more data is not kept.</summary>
    private const int MaxKeptDataBytes = 1 << 20;

    private static readonly Lock s_lock = new();
    private static readonly Stack<MachineMemory> s_idleNative = new();
    private static readonly Stack<MachineMemory> s_idleOthers = new();

    /// <summary>Says why none with native addresses can be made here; <c>null</c>: one was made.</summary>
    public static string? WhyNoNative()
    {
        if (!OperatingSystem.IsLinux()) return "machines that run emitted code reserve address space by mmap: Linux only";
        if (nint.Size != sizeof(ulong)) return "addresses have 64 bits";
        try
        {
            Return(Rent(dataBytes: 0, [], new BpfProgram([]), Addressing.Native));
            return null;
        }
        catch (Win32Exception shortage)
        {
            return shortage.Message;
        }
    }

    /// <summary>A machine that nobody else has, until it is given back.</summary>
    /// <param name="dataBytes">The most bytes of memory or packet that a run is given.</param>
    /// <param name="maps">As for <see cref="MachineMemory"/>.</param>
    /// <param name="program">What will run.</param>
    /// <param name="addressing">What addresses are.</param>
    /// <exception cref="Win32Exception">There is no address space for it.</exception>
    public static MachineMemory Rent(int dataBytes, ImmutableArray<MapDefinition> maps, BpfProgram program, Addressing addressing)
    {
        if (maps.IsEmpty && FoundSockets.RoomFor(maps, program) == 0)
        {
            MachineMemory? idle;
            lock (s_lock) _ = Idle(addressing == Addressing.Native).TryPop(out idle);
            if (idle is not null) return Refitted(idle, dataBytes, program);
        }

        return new MachineMemory(dataBytes, maps, program, addressing);
    }

    public static void Return(MachineMemory machine)
    {
        if (machine.Maps is not null || FoundSockets.HaveRoom(machine.Machine) || machine.DataCapacity > MaxKeptDataBytes || !TryKeep(machine)) machine.Dispose();
    }

    private static MachineMemory Refitted(MachineMemory machine, int dataBytes, BpfProgram program)
    {
        try
        {
            machine.Refit(dataBytes, program);
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }

    private static bool TryKeep(MachineMemory machine)
    {
        lock (s_lock)
        {
            Stack<MachineMemory> idle = Idle(!machine.IsTracked);
            if (idle.Count == MaxIdle) return false;
            idle.Push(machine);
            return true;
        }
    }

    private static Stack<MachineMemory> Idle(bool isNative) => isNative ? s_idleNative : s_idleOthers;
}
