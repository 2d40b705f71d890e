using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Grids;

[TestFixture]
internal sealed class GridItemsTests
{
    [TestCase("u8 0x1ff\nu16 -2\nu32 0x123456789\nu64 1", "fffeff896745230100000000000000")]
    [TestCase("fill 3 0xa5\nfill 0 1\nu8 7", "a5a5a507")]
    [TestCase("u64 -9223372036854775808\nu64 18446744073709551615", "0000000000000080ffffffffffffffff")]
    [TestCase("@for i = 1..3\nu8 {10*i}\n@end", "0a141e")]
    [TestCase("a = 1 2\nb = 3..4\nu8 {a}\nu8 {b}", "0103 0104 0203 0204")]
    [TestCase("per-run 3\na = 1 2\nb = 3..4\nu8 {a*16+b}", "131423 242424")]
    [TestCase("per-run 2\nu8 5", "0505")]
    [TestCase("per-run 2\nn = -1 1 # two\n\nu16 {n}", "ffff0100")]
    [TestCase("fill 0 0", "")]
    [TestCase("per-run\t 2\nu8\t5", "0505")]
    public void Items_OfFactorsAndFields_AreTheMemories(string items, string memories) =>
        Assert.That(string.Join(' ', Grid.Memories(items)), Is.EqualTo(memories));

    [Test]
    public void Items_None_AreOneRunWithoutMemory() =>
        Assert.That(Grid.Read("-- axes\nn = 1\n-- asm\nexit\n")[0].Inputs.Select(input => input.Data.Length), Is.EqualTo(new[] { 0 }));

    [Test]
    public void Items_OfAGridWithAType_ArePackets()
    {
        TestCase test = Grid.Read("-- axes\nn = 1\n-- type\nsocket_filter\n-- asm\nexit\n-- items\nu16 1\n-- faults\n")[0];

        Assert.That((test.Program.Type, test.HasPackets), Is.EqualTo((ProgramType.SocketFilter, true)));
        Assert.That(Convert.ToHexStringLower(test.Inputs[0].Data.Span), Is.EqualTo("0100"));
    }

    [TestCase("a = 1\na = 2\nu8 1", 7, "second factor 'a'")]
    [TestCase("u8", 6, "found 'u8', expected u8, u16, u32 or u64 and a value, or fill COUNT BYTE")]
    [TestCase("u8 256 1", 6, "found 'u8 256 1', expected u8, u16, u32 or u64 and a value, or fill COUNT BYTE")]
    [TestCase("a = 1\nu8 a+1", 7, "found 'u8 a+1', expected u8, u16, u32 or u64 and a value, or fill COUNT BYTE")]
    [TestCase("fill 01 5", 6, "found 'fill 01 5', expected u8, u16, u32 or u64 and a value, or fill COUNT BYTE")]
    [TestCase("per-run 2\nper-run 2\nu8 1", 7, "second 'per-run'")]
    [TestCase("per-run 02\nu8 1", 6, "found 'per-run 02', expected 'per-run' and a number from 1 to 1048576")]
    [TestCase("@for i = 1 2\na = 1 2\n@end\nu8 1", 7, "'a = 1 2' has no place in a loop")]
    [TestCase("@for i = 1 2\nper-run 2\n@end\nu8 1", 7, "'per-run 2' has no place in a loop")]
    [TestCase("u24 1", 6, "found 'u24 1', expected u8, u16, u32 or u64 and a value, or fill COUNT BYTE")]
    [TestCase("\nfill 1 256", 7, "found 'fill 1 256', expected u8, u16, u32 or u64 and a value, or fill COUNT BYTE")]
    [TestCase("u8 {n}", 6, "no number named 'n' here")]
    [TestCase("a = 1\n@for a = 1\n@end", 7, "'a' is an axis or a loop around this already")]
    [TestCase("per-run 0\nu8 1", 6, "found 'per-run 0', expected 'per-run' and a number from 1 to 1048576")]
    [TestCase("per-run 2000000000\nu8 1", 6, "found 'per-run 2000000000', expected 'per-run' and a number from 1 to 1048576")]
    [TestCase("a = 2..1\nu8 1", 5, "no records, expected factors with values")]
    [TestCase("a = 1..1000000\nb = 1..1000\nu8 1", 7, "1000000000 records up to here, expected at most 1048576")]
    [TestCase("a = 1..100001\nu8 1", 5, "100001 runs, expected at most 100000")]
    [TestCase("a = 1 2\n@for i = 1..a\nu8 1\n@end", 5, "records of 1 and 2 bytes, expected one length")]
    [TestCase("fill 67108865 1", 5, "more than 64 MiB of memory in all runs")]
    [TestCase("fill 2147483647 1\nfill 2147483647 1", 5, "more than 64 MiB of memory in all runs")]
    [TestCase("per-run 1048576\nfill 65 1", 5, "more than 64 MiB of memory in all runs")]
    [TestCase("a = 1..64\nper-run 63\nfill 1048576 1", 5, "more than 64 MiB of memory in all runs")]
    [TestCase("a = 1..10000\n@for i = 1..500000\n@end\nu8 1", 5, "more than 4194304 lines and rounds of loops, all fillings together")]
    public void Items_SomethingWrong_SaysWhatAndWhere(string items, int line, string problem) =>
        Assert.That(Grid.Error($"-- axes\nn = 1\n-- asm\nexit\n-- items\n{items}\n"), Is.EqualTo((line, problem)));

    [TestCase("-- asm\nexit\n", 0, "no section '-- axes'")]
    [TestCase("-- axes\nn = 1\n", 0, "no section '-- asm'")]
    [TestCase("-- axes\nn = 1\n-- asm\nexit\n-- memory\n00\n", 5, "unknown section '-- memory', expected -- and one of: axes, asm, type, maps, items, rejected, faults, malformed, spec, note")]
    [TestCase("-- axes\nn = 1\n-- asm\nexit\n-- faults\n-- rejected\n", 5, "a second expectation, expected only one of rejected, faults and malformed")]
    [TestCase("-- axes\nn = 1\n-- asm\nexit\n-- rejected\nBad\n", 6, null)]
    [TestCase("-- axes\nn = 1\n-- asm\nexit\n-- axes\n", 5, "second '-- axes', the first is in line 1")]
    [TestCase("-- axes\nn = 1\n-- asm\nexit\n-- type\nxdp\n", 5, "'-- type' has no place when runs return: not all machines show a packet in full, which a signature covers")]
    [TestCase("-- axes\nn = 1\n-- asm\nexit\n-- type\nxdp\n-- rejected\nOther or runs\n", 5, "'-- type' has no place when runs return: not all machines show a packet in full, which a signature covers")]
    [TestCase("-- axes\nn = 1\n-- asm\nexit\v\n", 4, "found the control character U+000B, expected none but tabs, and LF or CR LF at the end of lines")]
    [TestCase("n = 1\n", 1, "found 'n = 1', expected a comment or a section (-- name)")]
    public void Sections_SomethingWrong_SayWhatAndWhere(string text, int line, string? problem)
    {
        (int Line, string Problem) error = Grid.Error(text);
        Assert.That(error.Line, Is.EqualTo(line));
        Assert.That(error.Problem, problem is null ? Does.StartWith("unknown reason 'Bad', expected one of: ") : Is.EqualTo(problem));
    }
}
