using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>A checksum of bytes that the program has.</summary>
internal static unsafe class ChecksumDifference
{
    /// <summary>
    /// bpf_csum_diff (net/core/filter.c, 6.18): r1 and r2 are bytes that go, r3 and r4 bytes that come, r5 is a sum to begin with. Since 6.13 r0
    /// is folded to 16 bits, and the bytes need neither be at most 512 nor a multiple of 4: there is no error any more.
    /// </summary>
    public static FaultKind Take(Machine* m)
    {
        (ulong fromBytes, ulong toBytes) = (m->Registers[2], m->Registers[4]);
        byte* from = GuestMemory.Readable(m, m->Registers[1], fromBytes);
        byte* to = GuestMemory.Readable(m, m->Registers[3], toBytes);
        if ((from == null && fromBytes != 0) || (to == null && toBytes != 0)) return FaultKind.OutOfBoundsLoad;

        uint seed = (uint)m->Registers[5];
        m->Registers[0] = fromBytes != 0 && toBytes != 0 ? Fold(Add(Sum(to, toBytes, seed), ~Sum(from, fromBytes, 0)))
            : toBytes != 0 ? Fold(Sum(to, toBytes, seed))
            : fromBytes != 0 ? Fold(~Sum(from, fromBytes, ~seed))
            : Fold(seed);
        return FaultKind.None;
    }

    /// <summary>In one's complement, of words of 32 bits, the last filled up with zeros.</summary>
    private static uint Sum(byte* bytes, ulong count, uint sum)
    {
        ulong whole = count & ~3ul;
        for (ulong i = 0; i < whole; i += sizeof(uint)) sum = Add(sum, Unsafe.ReadUnaligned<uint>(bytes + i));
        uint rest = 0;
        for (ulong i = count; i > whole; i--) rest = (rest << 8) | bytes[i - 1];
        return Add(sum, rest);
    }

    private static uint Add(uint a, uint b)
    {
        uint sum = unchecked(a + b);
        return sum < a ? sum + 1 : sum;
    }

    /// <summary>include/net/checksum.h, 6.18, csum_from32to16.</summary>
    private static ulong Fold(uint sum)
    {
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)((sum & 0xffff) + (sum >> 16));
    }
}
