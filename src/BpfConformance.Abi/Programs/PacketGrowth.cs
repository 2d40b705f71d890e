using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Abi.Programs;

/// <summary>How long helpers can make a packet.</summary>
public static class PacketGrowth
{
    /// <summary>What a driver leaves free before a packet (include/uapi/linux/bpf.h, 6.18, XDP_PACKET_HEADROOM).</summary>
    public const int XdpHeadRoom = 256;

    /// <summary>The most that is before a packet: a tap device leaves some more (drivers/net/tun.c, 6.18, TUN_RX_PAD).</summary>
    public const int MostHeadRoom = XdpHeadRoom + 64;

    /// <summary>Of that, what the kernel keeps to itself (include/net/xdp.h, 6.18, <c>struct xdp_frame</c>).</summary>
    public const int XdpFrameBytes = 40;

    /// <summary>A page, less what is before a packet and <c>struct skb_shared_info</c> behind it.</summary>
    public const int MaxXdpBytes = 4096 - XdpHeadRoom - 320;

    /// <summary>In the network stack (net/core/filter.c, 6.18, BPF_SKB_MAX_LEN: SKB_MAX_ALLOC).</summary>
    public const int MaxSkBuffBytes = 16384 - 320;

    /// <summary>What is beyond that: a link header which the program does not see, and tags.</summary>
    private const int Spare = 64;

    /// <summary>The most bytes that a packet has after a program, which is given at most so many.</summary>
    public static int LongestAfter(BpfProgram program, int dataBytes) =>
        IsPossibleIn(program) ? Math.Max(dataBytes + XdpHeadRoom, MaxSkBuffBytes + Spare) : dataBytes;

    /// <summary>Whether a program has a packet and calls something that may change it as a whole.</summary>
    public static bool IsPossibleIn(BpfProgram program) => program.HasHook && CallsChanger(program.Instructions.AsSpan());

    private static bool CallsChanger(ReadOnlySpan<Instruction> slots)
    {
        for (int pc = 0; pc < slots.Length; pc += slots[pc].IsWide ? 2 : 1)
        {
            Instruction i = slots[pc];
            if (i.Opcode == Opcodes.CallX) return true; // of any
            bool isHelper = i is { Opcode: Opcodes.Call, Src: 0 } && HelperTable.NameOf(i.Immediate) is not null;
            if (isHelper && HelperTable.PrototypeOf(i.Immediate).ChangesPacket) return true;
        }

        return false;
    }
}
