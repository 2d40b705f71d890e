using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Runs programs on a packet that is on its way.</summary>
/// <param name="engine">The programs, and the machine.</param>
/// <param name="budget">Instructions after which a run is ended.</param>
/// <param name="observer">Is told of each run that returned.</param>
internal sealed unsafe class HookRunner(IMachineProgram engine, long budget, IPacketObserver observer)
{
    /// <summary>Whether a program has not returned, or what it did is a machine's own: nothing follows any more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Another packet.</summary>
    public void Begin() => HasEnded = false;

    /// <summary>Runs one program; the 32 bits of its r0 that a hook takes. 0 when it has not returned.</summary>
    public uint Run(int program, LivePacket packet, NetworkHook hook)
    {
        MachineMemory memory = engine.Memory;
        memory.Live = packet;
        engine.Prepare(packet.Bytes, budget, program, hook == NetworkHook.Xdp ? packet.XdpFields : default);
        engine.RunPrepared();
        memory.Live = null;
        memory.KeepsMaps = true; // another program of this packet's way finds them as this one has left them
        HasEnded = memory.Machine->Status != RunStatus.Returned || memory.Machine->VolatileFlowPc >= 0;
        if (HasEnded) return 0;
        observer.Ran(program);
        packet.Follow(memory, isSkBuff: hook != NetworkHook.Xdp);
        return (uint)memory.Machine->Registers[0];
    }
}
