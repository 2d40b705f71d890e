using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Assembly;
using BpfConformance.Loading.Bytecode;
using NUnit.Framework;

namespace BpfConformance.Tests.Loading.Assembly;

/// <summary>The kernel's and LLVM's spellings, held against bytes.</summary>
[TestFixture]
public sealed class KernelSyntaxTests
{
    [TestCase("r1 += r2", "0f21000000000000")]
    [TestCase("w1 += 5", "0401000005000000")]
    [TestCase("r1 -= -1", "17010000ffffffff")]
    [TestCase("r9 *= r0", "2f09000000000000")]
    [TestCase("w3 /= w4", "3c43000000000000")]
    [TestCase("r3 s/= r4", "3f43010000000000")]
    [TestCase("w3 s/= 7", "3403010007000000")]
    [TestCase("r1 |= 1", "4701000001000000")]
    [TestCase("r1 &= 255", "57010000ff000000")]
    [TestCase("w1 <<= w2", "6c21000000000000")]
    [TestCase("r1 >>= 32", "7701000020000000")]
    [TestCase("r1 %= r2", "9f21000000000000")]
    [TestCase("r1 s%= 3", "9701010003000000")]
    [TestCase("r1 ^= r1", "af11000000000000")]
    [TestCase("r1 = r10", "bfa1000000000000")]
    [TestCase("w1 = 5", "b401000005000000")]
    [TestCase("r1 s>>= 63", "c70100003f000000")]
    [TestCase("r1 = -r1", "8701000000000000")]
    [TestCase("w1 = -w1", "8401000000000000")]
    [TestCase("r1 = (s8)r2", "bf21080000000000")]
    [TestCase("w1 = (s16)w2", "bc21100000000000")]
    [TestCase("r1 = (s32)r2", "bf21200000000000")]
    [TestCase("r1 = be16 r1", "dc01000010000000")]
    [TestCase("r2 = le32 r2", "d402000020000000")]
    [TestCase("r3 = bswap64 r3", "d703000040000000")]
    [TestCase("goto +3", "0500030000000000")]
    [TestCase("goto -3", "0500fdff00000000")]
    [TestCase("gotol +65536", "0600000000000100")]
    [TestCase("if r1 == r2 goto +3", "1d21030000000000")]
    [TestCase("if w1 s> 5 goto -1", "6601ffff05000000")]
    [TestCase("if r1 & 1 goto +0", "4501000001000000")]
    [TestCase("if r1 s<= r2 goto +1", "dd21010000000000")]
    [TestCase("may_goto +3", "e500030000000000")]
    [TestCase("call 5", "8500000005000000")]
    [TestCase("call pc+3", "8510000003000000")]
    [TestCase("call kfunc#123", "852000007b000000")]
    [TestCase("callx r1", "8d01000000000000")]
    [TestCase("exit", "9500000000000000")]
    [TestCase("r1 = 0x1122334455667788 ll", "1801000088776655 0000000044332211")]
    [TestCase("r1 = map_by_fd(0) ll", "1811000000000000 0000000000000000")]
    [TestCase("r1 = map_val(map_by_fd(0)) + 8 ll", "1821000000000000 0000000008000000")]
    [TestCase("r1 = var_addr(7) ll", "1831000007000000 0000000000000000")]
    [TestCase("r1 = code_addr(pc+3) ll", "1841000003000000 0000000000000000")]
    [TestCase("r1 = map_by_idx(2) ll", "1851000002000000 0000000000000000")]
    [TestCase("r1 = map_val(map_by_idx(0)) - 8 ll", "1861000000000000 00000000f8ffffff")]
    [TestCase("r1 = *(u32 *)(r2 + 8)", "6121080000000000")]
    [TestCase("r1 = *(u64 *)(r10 - 8)", "79a1f8ff00000000")]
    [TestCase("r1 = *(s8 *)(r2 + 0)", "9121000000000000")]
    [TestCase("r1 = *(s32 *)(r2 - 4)", "8121fcff00000000")]
    [TestCase("*(u16 *)(r1 - 2) = r3", "6b31feff00000000")]
    [TestCase("*(u16 *)(r1 - 2) = 7", "6a01feff07000000")]
    [TestCase("lock *(u64 *)(r10 - 8) += r1", "db1af8ff00000000")]
    [TestCase("lock *(u32 *)(r10 - 8) &= w1", "c31af8ff50000000")]
    [TestCase("r1 = atomic_fetch_add((u64 *)(r10 - 8), r1)", "db1af8ff01000000")]
    [TestCase("w1 = atomic_fetch_or((u32 *)(r2 + 0), w1)", "c312000041000000")]
    [TestCase("r1 = xchg_64(r10 - 8, r1)", "db1af8ffe1000000")]
    [TestCase("w1 = xchg32_32(r10 - 8, w1)", "c31af8ffe1000000")]
    [TestCase("r0 = cmpxchg_64(r10 - 8, r0, r1)", "db1af8fff1000000")]
    [TestCase("w0 = cmpxchg32_32(r10 - 8, w0, w1)", "c31af8fff1000000")]
    [TestCase("r0 = *(u8 *)skb[14]", "300000000e000000")]
    [TestCase("r0 = *(u16 *)skb[r1 + 2]", "4810000002000000")]
    [TestCase("r1 = load_acquire((u32 *)(r2 + 8))", "c321080000010000")]
    [TestCase("store_release((u8 *)(r2 + 8), r1)", "d312080010010000")]
    [TestCase("r1 = addr_space_cast(r2, 0, 1)", "bf21010001000000")]
    [TestCase("r1 = addr_space_cast(r2, 1, 0)", "bf21010000000100")]
    [TestCase("r10 += 1", "070a000001000000", Description = "no machine may accept it, but it can be said")]
    [TestCase(".raw 0x0123456789abcdef", "efcdab8967452301")]
    public void Text_OfEveryKind_IsBytesAndBack(string text, string hex)
    {
        Assert.That(HexOf.Program(text), Is.EqualTo(hex));
        var program = BpfProgram.FromBytes(HexText.Parse(hex));
        Assert.That(Disassembler.Listing(program.Instructions.AsSpan()), Is.EqualTo(text + "\n"));
    }

    [TestCase("call ktime_get_ns", "call 5")]
    [TestCase("call bpf_ktime_get_ns", "call 5")]
    [TestCase("call bpf_ktime_get_ns#5", "call 5")]
    [TestCase("goto pc+3", "goto +3")]
    [TestCase("if r1 > 0x10 goto pc-2", "if r1 > 16 goto -2")]
    [TestCase("w1 = *(u32 *)(r2 + 8)", "r1 = *(u32 *)(r2 + 8)")]
    [TestCase("r1 = *(u32 *)(r2 +8)", "r1 = *(u32 *)(r2 + 8)")]
    [TestCase("r1 = *(u32*)(r2)", "r1 = *(u32 *)(r2 + 0)")]
    [TestCase("*(u8 *)(r1 -2) = w3", "*(u8 *)(r1 - 2) = r3")]
    [TestCase("lock *(u32 *)(r1 +0) |= r2", "lock *(u32 *)(r1 + 0) |= w2")]
    [TestCase("r1 = atomic64_fetch_add((u64 *)(r10 -8), r1)", "r1 = atomic_fetch_add((u64 *)(r10 - 8), r1)")]
    [TestCase("r1 = atomic_fetch_xor((u32 *)(r10 -8), r1)", "w1 = atomic_fetch_xor((u32 *)(r10 - 8), w1)")]
    [TestCase("r1 = atomic_xchg((u32 *)(r10 -8), r1)", "w1 = xchg32_32(r10 - 8, w1)")]
    [TestCase("r1 = atomic64_xchg((u64 *)(r10 -8), r1)", "r1 = xchg_64(r10 - 8, r1)")]
    [TestCase("r0 = atomic_cmpxchg((u32 *)(r10 -8), r0, r1)", "w0 = cmpxchg32_32(r10 - 8, w0, w1)")]
    [TestCase("r0 = atomic64_cmpxchg((u64 *)(r10 -8), r0, r1)", "r0 = cmpxchg_64(r10 - 8, r0, r1)")]
    [TestCase("w1 = load_acquire((u8 *)(r2 + 8))", "r1 = load_acquire((u8 *)(r2 + 8))")]
    [TestCase("r0 = *(u8 *)skb[r1]", "r0 = *(u8 *)skb[r1 + 0]")]
    [TestCase("r1 = 5 ll", "r1 = 0x5 ll")]
    [TestCase("r1 = -1 ll", "r1 = 0xffffffffffffffff ll")]
    [TestCase("r1 = 4294967295", "r1 = -1")]
    [TestCase("r1=5;comment", "r1 = 5")]
    [TestCase("\tr1 = 5 // comment", "r1 = 5")]
    [TestCase("r1 = 5 # call x#1", "r1 = 5")]
    [TestCase(".raw 149", "exit")]
    [TestCase(".raw -1", ".raw 0xffffffffffffffff")]
    public void Text_InAnotherSpelling_MeansTheSame(string text, string printed)
    {
        AssembledProgram program = Assembler.Assemble(text);
        Assert.That(Disassembler.Listing(program.Instructions.AsSpan()), Is.EqualTo(printed + "\n"));
    }

    [Test]
    public void MapName_WhereANumberStands_IsItsPosition()
    {
        const string Text = """
            r1 = map_by_fd(counts) ll
            r2 = map_val(map_by_idx(names)) + 4 ll
            lddw %r3, map_by_fd(names)
            """;

        AssembledProgram program = Assembler.Assemble(Text, mapNames: ["counts", "names"]);

        Assert.That(
            HexOf.Slots(program.Instructions),
            Is.EqualTo(
                "1811000000000000 0000000000000000 1862000001000000 0000000004000000 1813000001000000 0000000000000000"));
    }

    [Test]
    public void Label_BeforeAndAfterItsUse_IsADistance()
    {
        const string Text = """
            start:
                r1 = 1 ll
                if r1 == 0 goto end
                call f
                r2 = code_addr(f) ll
                gotol start
            end:
                exit
            f:
            g:
                goto g
            """;

        AssembledProgram program = Assembler.Assemble(Text, firstLine: 10);

        Assert.That(
            Disassembler.Listing(program.Instructions.AsSpan()),
            Is.EqualTo("r1 = 0x1 ll\nif r1 == 0 goto +4\ncall pc+4\nr2 = code_addr(pc+3) ll\ngotol -7\nexit\ngoto -1\n"));
        Assert.That(program.Lines, Is.EqualTo(new[] { 11, 11, 12, 13, 14, 14, 15, 17, 20 }));
    }

    [Test]
    public void Label_NamedLikeAHelper_HidesIt() =>
        Assert.That(
            HexOf.Program("call loop\nexit\nloop:\nexit"),
            Is.EqualTo("8510000001000000 9500000000000000 9500000000000000"));

    [Test]
    public void ExitLabel_WithoutADefinition_IsTheFirstExit() =>
        Assert.That(
            HexOf.Program("goto exit\nr0 = 1\nexit\nexit"),
            Is.EqualTo("0500010000000000 b700000001000000 9500000000000000 9500000000000000"));

    [Test]
    public void ExitLabel_WithADefinition_IsThat() =>
        Assert.That(
            HexOf.Program("goto exit\nexit\nexit:\nexit"),
            Is.EqualTo("0500010000000000 9500000000000000 9500000000000000"));

    [Test]
    public void WideInstruction_WithoutASecondSlot_IsRaw()
    {
        var program = BpfProgram.FromBytes(HexText.Parse("9500000000000000 1801000088776655"));
        Assert.That(Disassembler.Listing(program.Instructions.AsSpan()), Is.EqualTo("exit\n.raw 0x5566778800000118\n"));
    }

    [Test]
    public void EmptyText_IsAnEmptyProgram() => Assert.That(Assembler.Assemble(" \r\n# nothing\n").Instructions, Is.Empty);
}
