using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>
/// Pointers into the packet, which are good for nothing once a helper may have moved it: a verifier lets no program use them
/// (kernel/bpf/verifier.c, 6.18, clear_all_pkt_pointers).
/// </summary>
internal static unsafe class PacketPointers
{
    /// <summary>Makes all of them numbers that differ between machines, in registers, callers' registers and stacks.</summary>
    public static void Forget(Machine* m)
    {
        for (int r = 0; r < MachineLimits.RegisterCount; r++) Forget(ref m->Provenance[r]);
        for (int depth = 0; depth <= m->Depth; depth++)
        {
            Frame* frame = m->Frames + depth;
            Forget(ref frame->P6);
            Forget(ref frame->P7);
            Forget(ref frame->P8);
            Forget(ref frame->P9);
            Forget(m->Regions + m->FirstStack + depth);
        }
    }

    private static void Forget(ref uint provenance)
    {
        if (Provenance.IsPointer(provenance) && Provenance.RegionOf(provenance) == Regions.Data) provenance = Provenance.Volatile;
    }

    private static void Forget(Region* stack)
    {
        for (int word = 0; word < MachineLimits.StackBytes / sizeof(ulong); word++)
        {
            ulong* shadow = (ulong*)stack->Shadow + word;
            bool isOfPacket = *shadow == ByteShadow.Pointer8 && Provenance.RegionOf(stack->Pointers[word]) == Regions.Data;
            if (isOfPacket) new Span<byte>(shadow, sizeof(ulong)).Fill(ByteShadow.Volatile);
        }
    }
}
