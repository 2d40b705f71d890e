using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Assembly;
using BpfConformance.Loading.Bytecode;
using NUnit.Framework;

namespace BpfConformance.Tests.Loading.Assembly;

/// <summary>The older suite's spellings, and our additions to them, held against bytes.</summary>
[TestFixture]
public sealed class LegacySyntaxTests
{
    [TestCase("add %r1, %r2", "0f21000000000000")]
    [TestCase("add32 %r1, -5", "04010000fbffffff")]
    [TestCase("sdiv %r3, %r4", "3f43010000000000")]
    [TestCase("smod32 %r3, 7", "9403010007000000")]
    [TestCase("arsh %r1, 63", "c70100003f000000")]
    [TestCase("neg32 %r1", "8401000000000000")]
    [TestCase("movsx832 %r1, %r2", "bc21080000000000")]
    [TestCase("movsx1664 %r1, %r2", "bf21100000000000")]
    [TestCase("movsx3264 %r1, %r2", "bf21200000000000")]
    [TestCase("le16 %r1", "d401000010000000")]
    [TestCase("be64 %r1", "dc01000040000000")]
    [TestCase("swap32 %r1", "d701000020000000")]
    [TestCase("ja +3", "0500030000000000")]
    [TestCase("ja32 -65536", "060000000000ffff")]
    [TestCase("jeq %r1, %r2, +3", "1d21030000000000")]
    [TestCase("jsgt32 %r1, 5, -1", "6601ffff05000000")]
    [TestCase("may_goto +3", "e500030000000000")]
    [TestCase("call helper 5", "8500000005000000")]
    [TestCase("call local +3", "8510000003000000")]
    [TestCase("call runtime 123", "852000007b000000")]
    [TestCase("call %r2", "8d02000000000000")]
    [TestCase("exit", "9500000000000000")]
    [TestCase("ldxb %r1, [%r2]", "7121000000000000")]
    [TestCase("ldxsw %r1, [%r2-4]", "8121fcff00000000")]
    [TestCase("sth [%r1+2], 7", "6a01020007000000")]
    [TestCase("stxdw [%r10-8], %r3", "7b3af8ff00000000")]
    [TestCase("lock add [%r10-8], %r1", "db1af8ff00000000")]
    [TestCase("lock fetch or32 [%r2], %r1", "c312000041000000")]
    [TestCase("lock xchg [%r10-8], %r1", "db1af8ffe1000000")]
    [TestCase("lock cmpxchg32 [%r10-8], %r1", "c31af8fff1000000")]
    [TestCase("lddw %r1, 0x1122334455667788", "1801000088776655 0000000044332211")]
    [TestCase("lddw %r1, map_by_fd(0)", "1811000000000000 0000000000000000")]
    [TestCase("lddw %r1, map_val(map_by_fd(1))+8", "1821000001000000 0000000008000000")]
    [TestCase("lddw %r1, var_addr(7)", "1831000007000000 0000000000000000")]
    [TestCase("lddw %r1, code_addr(+3)", "1841000003000000 0000000000000000")]
    [TestCase("lddw %r1, map_by_idx(2)", "1851000002000000 0000000000000000")]
    [TestCase("lddw %r1, map_val(map_by_idx(0))", "1861000000000000 0000000000000000")]
    [TestCase("ldabsh 14", "280000000e000000")]
    [TestCase("ldindb %r1, 2", "5010000002000000")]
    [TestCase("ldacqw %r1, [%r2+8]", "c321080000010000")]
    [TestCase("strelb [%r2+8], %r1", "d312080010010000")]
    [TestCase("addr_space_cast %r1, %r2, 0, 1", "bf21010001000000")]
    [TestCase(".raw 0x0123456789abcdef", "efcdab8967452301")]
    public void Text_OfEveryKind_IsBytesAndBack(string text, string hex)
    {
        Assert.That(HexOf.Program(text), Is.EqualTo(hex));
        var program = BpfProgram.FromBytes(HexText.Parse(hex));
        Assert.That(Disassembler.Listing(program.Instructions.AsSpan(), Syntax.Legacy), Is.EqualTo(text + "\n"));
    }

    [TestCase("bswap16 %r0", "swap16 %r0")]
    [TestCase("call 5", "call helper 5")]
    [TestCase("lock fetch xchg [%r1], %r2", "lock xchg [%r1], %r2")]
    [TestCase("mov %r1, 0xffffffff", "mov %r1, -1")]
    [TestCase("ldxb %r0, [ %r1 + 0x2 ]", "ldxb %r0, [%r1+2]")]
    [TestCase("r1 = 5", "mov %r1, 5")]
    public void Text_InAnotherSpelling_MeansTheSame(string text, string printed)
    {
        AssembledProgram program = Assembler.Assemble(text);
        Assert.That(Disassembler.Listing(program.Instructions.AsSpan(), Syntax.Legacy), Is.EqualTo(printed + "\n"));
    }
}
