using System.Collections.Immutable;
using System.ComponentModel;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>
/// Machines with native addresses, kept from program to program: making one takes a hundred times as long as compiling a small
/// program. Those with maps, or with room for sockets, are made anew, as each has other ones.
/// </summary>
public static unsafe class NativeMachines
{
    private const int MaxIdle = 16;

    /// <summary>A machine with more data is not kept.</summary>
    private const int MaxKeptDataBytes = 1 << 20;

    private static readonly Lock s_lock = new();
    private static readonly Stack<MachineMemory> s_idle = new();

    /// <summary>Says why none can be made here; <c>null</c>: one was made.</summary>
    public static string? WhyUnavailable()
    {
        if (!OperatingSystem.IsLinux()) return "machines that run emitted code reserve address space by mmap: Linux only";
        if (nint.Size != sizeof(ulong)) return "addresses have 64 bits";
        try
        {
            Return(Rent(dataBytes: 0, [], new BpfProgram([])));
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
    /// <exception cref="Win32Exception">There is no address space for it.</exception>
    public static MachineMemory Rent(int dataBytes, ImmutableArray<MapDefinition> maps, BpfProgram program)
    {
        if (maps.IsEmpty && FoundSockets.RoomFor(maps, program) == 0)
        {
            MachineMemory? idle;
            lock (s_lock) _ = s_idle.TryPop(out idle);
            if (idle is not null)
            {
                idle.Refit(dataBytes, program);
                return idle;
            }
        }

        return new MachineMemory(dataBytes, maps, program, Addressing.Native);
    }

    public static void Return(MachineMemory machine)
    {
        if (machine.Maps is not null || FoundSockets.HaveRoom(machine.Machine) || machine.DataCapacity > MaxKeptDataBytes || !TryKeep(machine)) machine.Dispose();
    }

    private static bool TryKeep(MachineMemory machine)
    {
        lock (s_lock)
        {
            if (s_idle.Count == MaxIdle) return false;
            s_idle.Push(machine);
            return true;
        }
    }
}
