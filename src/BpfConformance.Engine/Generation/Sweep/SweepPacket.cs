using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Generation.Sweep;

/// <summary>The legacy loads of the sweep, in a socket filter: they end the run where a packet is too short, so each program has one that matters.</summary>
internal static class SweepPacket
{
    private const int PacketBytes = 64;
    private const byte LoadAbsoluteByte = 0x30;

    // Where negative offsets lead, in place of the packet (include/uapi/linux/filter.h).
    private const int NetworkHeader = -0x10_0000;
    private const int LinkHeader = -0x20_0000;

    /// <summary>The immediates: within a packet, at its ends, beyond, and at headers.</summary>
    public static int[] Offsets { get; } = [0, 1, 13, 14, PacketBytes - 4, PacketBytes - 1, PacketBytes, -1, LinkHeader, NetworkHeader];

    /// <summary>The first byte of each packet, which is the index.</summary>
    private static readonly byte[] s_indices = [0, 1, 2, 31, 63, 64, 255];

    public static TestCase Of(string name, in SweepPoint point)
    {
        Instruction load = point.Instruction;
        Instruction[] index = point.Row.Operation == Operation.LegacyIndirect
            ? [new(LoadAbsoluteByte, 0, 0, 0), Code.Move((Register)load.Src, Register.R0)]
            : [];
        Instruction[] slots = [Code.Move(Register.R6, Register.R1), .. index, load, Code.Exit];
        return GeneratedCase.Of(name, new BpfProgram([.. slots], ProgramType.SocketFilter), [], s_indices.Select(Packet));
    }

    private static ReadOnlyMemory<byte> Packet(byte first) =>
        Enumerable.Range(0, PacketBytes).Select(i => i == 0 ? first : (byte)(0x5a ^ (i * 37))).ToArray();
}
