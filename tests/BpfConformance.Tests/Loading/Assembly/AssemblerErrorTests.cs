using BpfConformance.Abi;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Loading.Assembly;

/// <summary>The sentences that people see.</summary>
[TestFixture]
public sealed class AssemblerErrorTests
{
    [TestCase("r1 = ", "a.asm:5:5: the line ends, expected a register r0-r10, a number, '(', '*', '-', 'addr_space_cast', 'atomic64_cmpxchg', 'atomic64_fetch_add', …")]
    [TestCase("r11 = 5", "a.asm:5:1: no register r11, expected r0-r10")]
    [TestCase("w1 += r2", "a.asm:5:7: found 'r2', expected a register w0-w10 or a number")]
    [TestCase("mov %r1, %r16", "a.asm:5:10: no register %r16, expected %r0-%r10")]
    [TestCase("r01 = 5", "a.asm:5:1: no register r01, expected r0-r10")]
    [TestCase("frobnicate r1", "a.asm:5:1: unknown mnemonic 'frobnicate', expected an instruction or a label")]
    [TestCase("mov r1, 5", "a.asm:5:5: found 'r1', expected a register %r0-%r10")]
    [TestCase("5", "a.asm:5:1: found '5', expected an instruction or a label")]
    [TestCase("r1 ! r2", "a.asm:5:4: found '!', expected '%=', '&=', '*=', '+=', '-=', '/=', '<<=', '=', …")]
    [TestCase("r1 += 5 6", "a.asm:5:9: found '6', expected the end of the line")]
    [TestCase("r1 = 4294967296", "a.asm:5:6: 4294967296 does not fit the 32-bit immediate, expected -2147483648 to 4294967295")]
    [TestCase("r1 = -2147483649", "a.asm:5:6: -2147483649 does not fit the 32-bit immediate, expected -2147483648 to 4294967295")]
    [TestCase("r1 = 0x10000000000000000 ll", "a.asm:5:6: '0x10000000000000000' does not fit 64 bits")]
    [TestCase("r1 = -9223372036854775809 ll", "a.asm:5:6: -9223372036854775809 does not fit the 64-bit immediate, expected -9223372036854775808 to 18446744073709551615")]
    [TestCase("r1 = 12abc", "a.asm:5:6: '12abc' is no number, expected decimal or 0x and hexadecimal digits")]
    [TestCase("r1 = 0x", "a.asm:5:6: '0x' is no number, expected decimal or 0x and hexadecimal digits")]
    [TestCase("r1 = +5", "a.asm:5:6: found '+', expected a register r0-r10, a number, '(', '*', '-', 'addr_space_cast', 'atomic64_cmpxchg', 'atomic64_fetch_add', …")]
    [TestCase("r1 = *(u32 *)(r2 + 32768)", "a.asm:5:18: 32768 does not fit the 16-bit offset, expected -32768 to 32767")]
    [TestCase("r1 = *(u33 *)(r2 + 0)", "a.asm:5:8: found 'u33', expected 's16', 's32', 's8', 'u16', 'u32', 'u64' or 'u8'")]
    [TestCase("r1 = *(u32 *)(r2 8)", "a.asm:5:18: found '8', expected ')'")]
    [TestCase("r1 = be16 r2", "a.asm:5:11: found r2, expected r1 as before")]
    [TestCase("r1 = atomic_fetch_add((u64 *)(r2 + 0), r3)", "a.asm:5:40: found r3, expected r1 as before")]
    [TestCase("r2 = cmpxchg_64(r10 - 8, r0, r1)", "a.asm:5:1: found r2, expected r0")]
    [TestCase("goto 3", "a.asm:5:6: found '3', expected a label or a distance such as +3")]
    [TestCase("goto nowhere", "a.asm:5:6: no label named 'nowhere'")]
    [TestCase("goto +32768", "a.asm:5:6: 32768 does not fit the 16-bit offset, expected -32768 to 32767")]
    [TestCase("call nowhere", "a.asm:5:6: no label or helper named 'nowhere'")]
    [TestCase("call +3", "a.asm:5:6: found '+', expected a register %r0-%r10, a number, a helper, a label or a distance such as pc+3, 'helper', 'kfunc', 'local' or 'runtime'")]
    [TestCase("call ktime_get_ns#6", "a.asm:5:19: found 6, expected 5 as before")]
    [TestCase("r1 = map_by_fd(counts) ll", "a.asm:5:16: no map named 'counts'")]
    [TestCase("r1 = addr_space_cast(r2, 1, 1)", "a.asm:5:29: found '1', expected '0'")]
    [TestCase("a: exit", "a.asm:5:4: found 'exit' after a label, expected it on a line of its own")]
    [TestCase("a:\na:\nexit", "a.asm:6:1: label 'a' is defined on line 5 already")]
    [TestCase(".raw -9223372036854775809", "a.asm:5:6: -9223372036854775809 does not fit the 64-bit slot, expected -9223372036854775808 to 18446744073709551615")]
    [TestCase("goto é", "a.asm:5:6: found 'é', expected a label or a distance such as +3")]
    [TestCase("\0", "a.asm:5:1: found '\\u0000', expected an instruction or a label")]
    [TestCase("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "a.asm:5:1: unknown mnemonic 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…', expected an instruction or a label")]
    public void BadText_SaysWhatWasFoundAndExpected(string text, string message) =>
        Assert.That(() => Assembler.Assemble(text, "a.asm", 5), Throws.TypeOf<BpfFormatException>().With.Message.EqualTo(message));

    [Test]
    public void BadText_OfSeveralKinds_SaysTheFirst() =>
        Assert.That(
            () => Assembler.Assemble("a:\nr1 = r11\n!\na:"),
            Throws.TypeOf<BpfFormatException>().With.Message.EqualTo("line 2:6: no register r11, expected r0-r10"));

    [Test]
    public void Label_TooFarForItsField_NamesTheDistance()
    {
        string text = "goto far\n" + string.Concat(Enumerable.Repeat("r0 = 0\n", 32768)) + "far:\nexit";
        Assert.That(
            () => Assembler.Assemble(text),
            Throws.TypeOf<BpfFormatException>()
                .With.Message.EqualTo("line 1:6: label 'far' is 32768 instructions away, expected -32768 to 32767"));
    }
}
