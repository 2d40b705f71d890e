using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Programs that use every way in which the compiler emits an instruction, or several together: a table, and as long as it must be.</summary>
internal static class ListedPrograms
{
    private static readonly JitOptions s_shown = JitOptions.Trusted with { ShowsRegisters = true };
    private static readonly JitOptions s_unmetered = JitOptions.Checked with { IsMetered = false };

    public static ImmutableArray<ListedProgram> All { get; } =
    [
        new("arithmetic of 64 bits", [JitOptions.Trusted, JitOptions.Checked], """
            r0 = r2
            r0 += r3
            r0 -= 5
            r0 |= r4
            r0 &= -16
            r0 ^= r5
            r0 *= r6
            r0 *= 1000
            r0 = -r0
            r7 = 77
            r8 = -1
            r9 = 0
            r0 <<= r2
            r0 >>= 7
            r0 s>>= r3
            r0 <<= 0
            exit
            """),
        new("arithmetic of 32 bits", [JitOptions.Trusted], """
            w0 = w2
            w0 += w3
            w0 -= 5
            w0 |= w4
            w0 &= -16
            w0 ^= w5
            w0 *= w6
            w0 *= 1000
            w0 = -w0
            w7 = -1
            w0 <<= w2
            w0 >>= 7
            w0 s>>= w3
            w0 <<= 32
            exit
            """),
        new("shifts without BMI2", [s_shown], """
            r0 <<= r2
            r0 >>= r4
            r4 s>>= r4
            r4 <<= r1
            w0 <<= w4
            w4 >>= w2
            exit
            """, HasShifts: false),
        new("extensions, swaps and constants", [s_shown], """
            r0 = (s8)r1
            r2 = (s16)r3
            r4 = (s32)r5
            w6 = (s8)w7
            w8 = (s16)w9
            r0 = bswap16 r0
            r1 = bswap32 r1
            r2 = bswap64 r2
            r3 = be16 r3
            r4 = be64 r4
            r5 = le16 r5
            r6 = le32 r6
            r7 = le64 r7
            r8 = 0x12345678 ll
            r9 = -2 ll
            r0 = 0x123456789 ll
            exit
            """),
        new("divisions by registers", [JitOptions.Trusted, s_unmetered], """
            r0 /= r1
            r0 %= r2
            w0 /= w3
            w0 %= w4
            r3 s/= r0
            r3 s%= r5
            w3 s/= w6
            w3 s%= w7
            r6 /= r3
            r7 %= r0
            r0 += r3
            r0 += r6
            r0 += r7
            exit
            """),
        new("divisions that need not keep r0, or r3", [JitOptions.Trusted], """
            r6 = r3
            r6 /= r1
            r3 = r2
            r7 = r6
            r7 %= r2
            r7 += r3
            r0 = r7
            exit
            """),
        new("divisions by numbers", [JitOptions.Trusted], """
            r0 /= 0
            r0 %= 0
            w0 %= 0
            r1 /= 1
            w1 /= 1
            r1 %= 1
            r2 /= 8
            r2 %= 8
            w2 /= 16
            w2 %= 16
            r3 s/= -1
            r3 s%= -1
            w4 s/= -1
            r5 s/= 8
            r6 /= -8
            w7 s%= 10
            w8 /= -2147483648
            w9 /= -2147483647
            r0 += r8
            r0 += r9
            r0 += r1
            r0 += r2
            r0 += r3
            r0 += r4
            r0 += r5
            r0 += r6
            r0 += r7
            exit
            """),
        new("conditions", [JitOptions.Trusted, JitOptions.Checked], """
            again:
            if r1 == 0 goto end
            if r1 != r2 goto end
            if r1 > 7 goto end
            if r1 >= r2 goto end
            if r1 < 7 goto end
            if r1 <= r2 goto end
            if r1 s> -7 goto end
            if r1 s>= r2 goto end
            if w1 s< 0 goto end
            if w1 s<= w2 goto end
            if w1 & 6 goto end
            if r1 & r2 goto end
            goto next
            next:
            may_goto end
            r0 += 1
            goto again
            end:
            exit
            """),
        new("a jump over a jump", [JitOptions.Trusted, JitOptions.Checked], """
            again:
            r0 += 1
            if r0 > 9 goto leave
            goto again
            leave:
            if r0 == 3 goto +1
            goto again
            exit
            """),
        new("jumps that are long", [JitOptions.Trusted], $"""
            again:
            if r0 > 9 goto leave
            {string.Concat(Enumerable.Repeat("r0 *= 1000\n", 20))}
            goto again
            leave:
            exit
            """),
        new("rotations", [JitOptions.Trusted, s_shown], """
            r3 = r2
            r3 <<= 13
            r2 >>= 51
            r2 |= r3
            w4 = w2
            w4 >>= 9
            w5 = w2
            w5 <<= 23
            w5 |= w4
            r6 = r5
            r6 >>= 1
            r7 = r5
            r7 <<= 63
            r7 |= r6
            r0 = r7
            exit
            """),
        new("rotations without BMI2", [JitOptions.Trusted], """
            r3 = r2
            r3 <<= 13
            r0 = r2
            r0 >>= 51
            r0 |= r3
            exit
            """, HasShifts: false),
        new("what is nearly a rotation", [JitOptions.Trusted], """
            r3 = r2
            r3 <<= 13
            r2 >>= 50
            r2 |= r3
            r3 = r2
            r3 <<= 13
            r4 >>= 51
            r4 |= r3
            r3 = r4
            r3 <<= 64
            r4 >>= 0
            r4 |= r3
            r0 = r4
            exit
            """),
        new("what only begins like a rotation", [s_shown], """
            r3 = r2
            r4 <<= 13
            r2 >>= 51
            r2 |= r3
            r3 = r2
            r3 += 13
            r2 >>= 51
            r2 |= r3
            r3 = r2
            r3 <<= 13
            r2 <<= 51
            r2 |= r3
            r3 = r2
            r3 <<= 13
            r2 >>= 51
            r2 += r3
            r3 = r2
            r3 <<= 13
            r2 >>= 51
            r4 |= r3
            r3 = r2
            r3 <<= 13
            r2 >>= 51
            r2 |= r4
            r3 = r2
            r3 <<= 13
            r4 = (s8)r2
            r4 >>= 51
            r4 |= r3
            r3 = r2
            r3 <<= 13
            r4 = r5
            r4 >>= 51
            r4 |= r3
            r3 = r3
            r3 <<= 13
            r3 >>= 51
            r3 |= r3
            r3 = r2
            r3 <<= 0
            r2 >>= 64
            r2 |= r3
            exit
            """),
        new("sums that no load takes", [JitOptions.Trusted], """
            r2 = r1
            r2 += 2147483647
            r0 = *(u8 *)(r2 + 32767)
            r2 = r1
            r2 += 4
            *(u8 *)(r2 + 0) = 1
            r2 = r1
            r2 += 4
            r0 = load_acquire((u32 *)(r2 + 0))
            r2 = r1
            r2 += 4
            r0 = *(u32 *)(r3 + 0)
            exit
            """),
        new("sums into a third register", [JitOptions.Trusted, JitOptions.Checked], """
            r2 = r1
            r2 += r3
            r4 = r1
            r4 += -5
            r5 = r1
            r5 += r5
            r6 = r1
            r6 += r3
            r6 = *(u32 *)(r6 + 4)
            r7 = r1
            r7 += 16
            r8 = *(s8 *)(r7 + 4)
            r9 = r1
            r9 += 8
            r0 = *(u64 *)(r9 + 0)
            r0 += r9
            exit
            """),
        new("loads and stores of every size", [JitOptions.Trusted, JitOptions.Checked], """
            r0 = *(u8 *)(r1 + 0)
            r2 = *(u16 *)(r1 + 2)
            r3 = *(u32 *)(r1 + 4)
            r4 = *(u64 *)(r1 + 8)
            r5 = *(s8 *)(r1 + 16)
            r6 = *(s16 *)(r1 + 18)
            r7 = *(s32 *)(r1 + 20)
            *(u8 *)(r1 + 24) = r0
            *(u16 *)(r1 + 26) = r2
            *(u32 *)(r1 + 28) = r3
            *(u64 *)(r1 + 32) = r4
            *(u8 *)(r1 + 40) = 1
            *(u16 *)(r1 + 42) = 2
            *(u32 *)(r1 + 44) = 3
            *(u64 *)(r1 + 48) = -4
            exit
            """),
        new("accesses that one comparison proves", [JitOptions.Checked, s_unmetered], """
            r0 = *(u32 *)(r2 + 4)
            r3 = *(u32 *)(r2 + 8)
            r0 += r3
            r4 = 5 ll
            *(u64 *)(r2 + 0) = r0
            if r0 == 0 goto end
            r5 = *(u8 *)(r2 + 15)
            r2 += 8
            r6 = *(u8 *)(r2 + 0)
            r7 = *(u8 *)(r2 + 20000)
            end:
            r0 = *(u8 *)(r2 + 0)
            exit
            """),
        new("accesses that prove others afterwards", [s_unmetered], """
            r0 = *(u64 *)(r2 + 0)
            r3 = *(u16 *)(r2 + 6)
            r3 = *(u16 *)(r2 + 7)
            *(u16 *)(r2 + 2) = r3
            r3 = *(u8 *)(r2 + 1)
            call 7
            r3 = *(u8 *)(r2 + 1)
            exit
            """),
        new("accesses of the stack", [s_unmetered, JitOptions.Trusted], """
            *(u64 *)(r10 - 8) = 1
            r0 = *(u8 *)(r10 - 512)
            r0 = *(u8 *)(r10 - 513)
            *(u16 *)(r10 - 1) = 1
            r2 = r10
            r2 += -64
            *(u64 *)(r2 + 8) = r0
            r3 = r2
            r3 += 56
            *(u64 *)(r3 + 8) = r0
            r4 = r10
            r4 += r0
            r5 = *(u32 *)(r4 - 16)
            r5 = *(u32 *)(r4 - 12)
            r6 = r10
            r6 -= r0
            r6 = *(u32 *)(r6 + 0)
            exit
            """),
        new("atomics", [s_unmetered, JitOptions.Trusted], """
            lock *(u64 *)(r2 + 0) += r0
            lock *(u32 *)(r2 + 8) |= r3
            lock *(u64 *)(r2 + 16) &= r3
            lock *(u64 *)(r2 + 24) ^= r3
            r4 = atomic_fetch_add((u64 *)(r2 + 0), r4)
            w4 = atomic_fetch_or((u32 *)(r2 + 0), w4)
            r0 = atomic_fetch_and((u64 *)(r2 + 0), r0)
            r4 = atomic_fetch_xor((u64 *)(r0 + 0), r4)
            r4 = xchg_64(r2 + 0, r4)
            r0 = cmpxchg_64(r2 + 0, r0, r4)
            w0 = cmpxchg32_32(r2 + 0, w0, w4)
            r5 = load_acquire((u32 *)(r2 + 4))
            store_release((u8 *)(r2 + 4), w5)
            exit
            """),
        new("functions of their own", [JitOptions.Trusted, JitOptions.Checked], """
            r6 = r1
            call f
            r0 += r6
            exit
            f:
            r6 = 1
            r9 = 2
            call g
            r0 += r6
            exit
            g:
            r7 = *(u64 *)(r10 - 8)
            may_goto out
            r0 = 1
            out:
            exit
            """),
        new("functions that share code", [JitOptions.Trusted], """
            r6 = 1
            call f
            f:
            r0 = 1
            if r6 == 0 goto +1
            call f
            exit
            """),
        new("helpers", [JitOptions.Checked, JitOptions.Trusted], """
            r0 = 5
            r6 = 7
            r3 = 7
            call 7
            callx r3
            exit
            """),
        new("lookups in an array", [s_unmetered, JitOptions.Trusted], """
            r2 = r10
            r2 += -4
            r1 = map_by_idx(0) ll
            call 1
            if r0 == 0 goto end
            *(u32 *)(r0 + 8) = 7
            r2 = r0
            r1 = map_by_idx(0) ll
            call 1
            if r0 != 0 goto load
            exit
            load:
            r0 = *(u64 *)(r0 + 4)
            end:
            exit
            """) { Maps = [new("array", MapType.Array, KeyBytes: 4, ValueBytes: 12, MaxEntries: 100)] },
        new("lookups in hash tables", [s_unmetered, JitOptions.Trusted], """
            r6 = r2
            r1 = map_by_idx(0) ll
            call 1
            r7 = r0
            r1 = map_by_idx(1) ll
            r2 = r6
            call 1
            r7 += r0
            r8 = map_by_idx(0) ll
            r2 = r6
            r1 = r8
            call 1
            r0 += r7
            exit
            """)
        {
            Maps =
            [
                new("short", MapType.Hash, KeyBytes: 3, ValueBytes: 1, MaxEntries: 1000),
                new("long", MapType.Hash, KeyBytes: 20, ValueBytes: 8, MaxEntries: 1),
            ],
        },
        new("lookups in maps that are not known", [JitOptions.Trusted], """
            r1 = map_by_idx(0) ll
            r1 += 0
            call 1
            exit
            """) { Maps = [new("array", MapType.Array, KeyBytes: 4, ValueBytes: 12, MaxEntries: 100)] },
        new("loads of a packet", [JitOptions.Checked, JitOptions.Trusted], """
            r6 = r1
            r7 = 1
            r0 = *(u8 *)skb[3]
            r7 += r0
            r0 = *(u32 *)skb[r7 + 2]
            r0 += r7
            exit
            """, ProgramType.SocketFilter),
        new("what is read round a loop", [JitOptions.Trusted], """
            r6 = 1
            r3 = 2
            again:
            r8 = r6
            r8 /= r1
            r1 -= 1
            r0 = r3
            r3 = r8
            if r1 != 0 goto again
            exit
            """),
        new("helpers that call functions", [JitOptions.Checked, JitOptions.Trusted], """
            r1 = 3
            r2 = code_addr(f) ll
            r3 = 0
            r4 = 0
            call 181
            exit
            f:
            r6 = r1
            r0 = r6
            exit
            """),
        new("fields of a context that is known, and the packet they lead to", [s_unmetered, JitOptions.Trusted], """
            r6 = r1
            r2 = *(u32 *)(r1 + 76)
            r3 = *(u32 *)(r6 + 80)
            r4 = *(u32 *)(r6 + 140)
            r0 = r2
            r0 += 14
            if r0 > r3 goto over
            r0 = *(u16 *)(r2 + 12)
            r5 = *(u32 *)(r6 + 12)
            *(u32 *)(r6 + 48) = r0
            *(u32 *)(r6 + 8) = 7
            *(u16 *)(r6 + 12) = r0
            r0 = *(u8 *)(r2 + 3)
            over:
            r5 = *(s16 *)(r6 + 8)
            r5 = *(u64 *)(r6 + 168)
            exit
            """, ProgramType.SchedCls),
        new("what may be a context", [s_unmetered], """
            r6 = r1
            r6 += r2
            r0 = *(u32 *)(r6 + 8)
            *(u32 *)(r6 + 8) = r0
            r0 = load_acquire((u32 *)(r6 + 8))
            lock *(u32 *)(r6 + 8) += r0
            exit
            """, ProgramType.SchedCls),
    ];
}
