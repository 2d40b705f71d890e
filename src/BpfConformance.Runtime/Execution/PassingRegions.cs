using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>
/// The regions of a machine that are there only for a part of a run, between those of its maps and its stacks: keys that helpers give to functions
/// which they call back, sockets that they find, and records that programs reserve.
/// </summary>
/// <param name="maps">Those of the machine.</param>
/// <param name="program">What will run.</param>
internal sealed unsafe class PassingRegions(ImmutableArray<MapDefinition> maps, BpfProgram program) : IDisposable
{
    private readonly int _keys = !maps.IsEmpty && Callbacks.CountIn(program.Instructions.AsSpan()) > 0 ? MachineLimits.CallFrames - 1 : 0;
    private readonly int _sockets = FoundSockets.RoomFor(maps, program);
    private readonly int _records = maps.Any(map => map.IsRing) ? Reservations.Most : 0;
    private Machine* _machine;

    /// <summary>How many there are.</summary>
    public int Count => _keys + _sockets + _records;

    /// <summary>Tells a machine which they are.</summary>
    /// <param name="m">It has regions.</param>
    /// <param name="first">The first of them.</param>
    public void Attach(Machine* m, int first)
    {
        _machine = m;
        m->FirstKey = (uint)first;
        m->FirstSocket = m->FirstKey + (uint)_keys;
        m->FirstReservation = m->FirstSocket + (uint)_sockets;
        m->FirstStack = m->FirstReservation + (uint)_records;
        m->FoundSockets = (byte*)NativeMemory.AllocZeroed((nuint)_sockets);
        m->Reservations = (Reservation*)NativeMemory.AllocZeroed((nuint)(_records * sizeof(Reservation)));
    }

    /// <summary>Gives each as many bytes as it may need.</summary>
    public void Allocate(RegionMemory regions)
    {
        for (uint key = _machine->FirstKey; key < _machine->FirstSocket; key++)
        {
            regions.Allocate((int)key, maps.Max(map => Math.Max(map.KeyBytes, Dynptr.SizeBytes)));
            _machine->Regions[key].IsWritable = 0;
        }

        for (uint socket = _machine->FirstSocket; socket < _machine->FirstReservation; socket++) regions.AllocateFields((int)socket, HookContexts.SocketBytes);
        for (uint record = _machine->FirstReservation; record < _machine->FirstStack; record++)
        {
            regions.Allocate((int)record, maps.Where(map => map.IsRing).Max(map => map.MaxEntries));
        }

        CloseAll();
    }

    /// <summary>A run begins without any.</summary>
    public void CloseAll()
    {
        for (uint key = _machine->FirstKey; key < _machine->FirstSocket; key++) _machine->Regions[key].Length = 0;
        FoundSockets.CloseAll(_machine);
        Reservations.CloseAll(_machine);
    }

    public void Dispose()
    {
        NativeMemory.Free(_machine->FoundSockets);
        NativeMemory.Free(_machine->Reservations);
    }
}
