using System.Runtime.InteropServices;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Copies of a packet that programs send elsewhere while they run, in their order (bpf_clone_redirect).</summary>
/// <param name="memory">The machine on which they run.</param>
/// <param name="packet">The packet, as the program that runs has got it.</param>
internal sealed unsafe class PacketClones(MachineMemory memory, LivePacket packet)
{
    private readonly List<(LivePacket Packet, Redirect Redirect)> _all = [];
    private GCHandle _handle;

    /// <summary>
    /// The packet of a run goes elsewhere, too, as it is now. If nobody takes copies it is as if they were sent, unless they might meet programs; and the kernel has
    /// room for some alone (net/core/dev.c, 6.18, <c>enqueue_to_backlog</c>: 1000, where nobody says otherwise).
    /// </summary>
    public static void Add(Machine* m, Redirect redirect)
    {
        bool meetsPrograms = m->Clones == 0 && m->HasNetwork;
        if (++m->Copies > PacketPath.MaxCopies || meetsPrograms) Helpers.Packet.LeaveOpen(m);
        else if (m->Clones != 0) ((PacketClones)GCHandle.FromIntPtr(m->Clones).Target!).Add(redirect);
    }

    /// <summary>A program is about to run.</summary>
    public void Begin()
    {
        _handle = GCHandle.Alloc(this);
        memory.Machine->Clones = GCHandle.ToIntPtr(_handle);
    }

    /// <summary>It has run.</summary>
    public void End()
    {
        memory.Machine->Clones = 0;
        _handle.Free();
    }

    /// <summary>All copies since the last call.</summary>
    public (LivePacket Packet, Redirect Redirect)[] TakeAll()
    {
        (LivePacket, Redirect)[] all = [.. _all];
        _all.Clear();
        return all;
    }

    private void Add(Redirect redirect)
    {
        LivePacket clone = packet.Copy();
        clone.Follow(memory, isSkBuff: true);
        clone.TryBeginAtLink();
        clone.Orphan();
        _all.Add((clone, redirect));
    }
}
