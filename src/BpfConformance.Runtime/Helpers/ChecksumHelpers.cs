using System.Buffers.Binary;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Checksums in packets (net/core/filter.c, 6.18); sums are of 16-bit numbers in one's complement, in whichever order of bytes.</summary>
internal static unsafe class ChecksumHelpers
{
    private const ulong SizeMask = 0xf; // uapi linux/bpf.h, BPF_F_HDR_FIELD_MASK: bytes of what has changed; 0: r4 is the difference of sums

    /// <summary>The checksum at offset r2 becomes what it is when r3 was replaced by r4.</summary>
    public static FaultKind ReplaceL3(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        return Packet.Done(m, (m->Registers[5] & ~SizeMask) != 0 ? Packet.InvalidArgument : Replace(m));
    }

    /// <summary>The same, where 0 can mean that there is none.</summary>
    public static FaultKind ReplaceL4(Machine* m)
    {
        const ulong KeepsZero = 1 << 5; // BPF_F_MARK_MANGLED_0
        const ulong ReplacesZero = 1 << 6; // BPF_F_MARK_ENFORCE
        const ulong OfSums = (1 << 4) | (1 << 7); // BPF_F_PSEUDO_HDR, BPF_F_IPV6: what a device has summed up, which there is not here
        const ushort Zero = 0xffff; // include/net/checksum.h, CSUM_MANGLED_0
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        ulong flags = m->Registers[5];
        if ((flags & ~(SizeMask | KeepsZero | ReplacesZero | OfSums)) != 0) return Packet.Done(m, Packet.InvalidArgument);
        uint offset = (uint)m->Registers[2];
        bool keepsZero = (flags & KeepsZero) != 0;
        if (keepsZero && (flags & ReplacesZero) == 0 && IsThere(m, offset) && Read(m, offset) == 0) return Packet.Done(m, 0);
        long result = Replace(m);
        if (result == 0 && keepsZero && Read(m, offset) == 0) Write(m, offset, Zero);
        return Packet.Done(m, result);
    }

    /// <summary>Adds to the sum of the whole packet, which TEST_RUN does not have.</summary>
    public static FaultKind Update(Machine* m) => Packet.IsSkBuff(m) ? Packet.Done(m, Packet.NotSupported) : FaultKind.InvalidPointer;

    /// <summary>How many checksums were found right: r2 says what to do with that.</summary>
    public static FaultKind Level(Machine* m)
    {
        const ulong Query = 0; // uapi linux/bpf.h, BPF_CSUM_LEVEL_*
        const ulong Increment = 1;
        const ulong Decrement = 2;
        const ulong Reset = 3;
        const int Most = 3; // include/linux/skbuff.h, SKB_MAX_CSUM_LEVEL
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        ref int level = ref m->Packet.ChecksumLevel;
        switch (m->Registers[2])
        {
            case Query:
                return Packet.Done(m, level < 0 ? Packet.AccessDenied : level);
            case Increment:
                level = Math.Min(level + 1, Most);
                return Packet.Done(m, 0);
            case Decrement:
                level = Math.Max(level - 1, -1);
                return Packet.Done(m, 0);
            case Reset:
                level = -1;
                return Packet.Done(m, 0);
            default:
                return Packet.Done(m, Packet.InvalidArgument);
        }
    }

    private static long Replace(Machine* m)
    {
        (uint offset, ulong from, ulong to) = ((uint)m->Registers[2], m->Registers[3], m->Registers[4]);
        if (!IsThere(m, offset)) return Packet.BadAddress;
        switch (m->Registers[5] & SizeMask)
        {
            case 0 when from != 0: return Packet.InvalidArgument;
            case 0: Write(m, offset, Fold(Add((uint)to, Unfold(m, offset)))); return 0;
            case sizeof(ushort): (from, to) = ((ushort)from, (ushort)to); break;
            case sizeof(uint): break;
            default: return Packet.InvalidArgument;
        }

        Write(m, offset, Fold(Add(Add(Unfold(m, offset), ~(uint)from), (uint)to)));
        return 0;
    }

    private static bool IsThere(Machine* m, uint offset) => offset <= ushort.MaxValue && offset % sizeof(ushort) == 0 && SkBuffHelpers.CanWrite(m, offset, sizeof(ushort));

    private static uint Unfold(Machine* m, uint offset) => ~(uint)Read(m, offset);

    private static uint Add(uint a, uint b)
    {
        ulong sum = (ulong)a + b;
        return (uint)(sum + (sum >> 32));
    }

    private static ushort Fold(uint sum)
    {
        uint once = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)~((once & ushort.MaxValue) + (once >> 16));
    }

    private static ushort Read(Machine* m, uint offset) => BinaryPrimitives.ReadUInt16LittleEndian(Packet.Bytes(m, offset, sizeof(ushort)));

    private static void Write(Machine* m, uint offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(Packet.Bytes(m, offset, sizeof(ushort)), value);
}
