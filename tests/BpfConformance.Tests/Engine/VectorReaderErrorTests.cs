using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>One clear sentence, with file and line, for everything that can be wrong with a vector.</summary>
[TestFixture]
public sealed class VectorReaderErrorTests
{
    private const string Program = "-- asm\nr0 = 1\nexit\n";

    [TestCase("r0 = 1\n", 1, "found 'r0 = 1', expected a comment or a section (-- name)")]
    [TestCase("-- asm\nexit\n-- ctx\n00\n", 3, "unknown section '-- ctx', expected -- and one of: asm, raw, maps, memory, packet, context, cases, result, memory-after, maps-after, context-after, steps, contention, rejected, faults, malformed, cpu, type, attach, license, flags, spec, note")]
    [TestCase("--asm\nexit\n", 1, "unknown section '--asm', expected -- and one of: asm, raw, maps, memory, packet, context, cases, result, memory-after, maps-after, context-after, steps, contention, rejected, faults, malformed, cpu, type, attach, license, flags, spec, note")]
    [TestCase("-- asm\nexit\n-- asm\n", 3, "second '-- asm', the first is in line 1")]
    [TestCase("-- result\n1\n", 0, "no program, expected '-- asm' or '-- raw'")]
    [TestCase(Program + "-- raw\n00\n-- result\n1\n", 4, "a second program, expected either '-- asm' or '-- raw'")]
    [TestCase(Program, 0, "no expectation, expected '-- result', '-- cases', '-- steps', '-- rejected', '-- faults' or '-- malformed'")]
    [TestCase(Program + "-- result\n", 4, "'-- result' is empty, expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Program + "-- result\n1\n2\n", 6, "found '2', expected only one line in '-- result'")]
    [TestCase(Program + "-- result\n0x1 junk\n", 5, "found '0x1 junk', expected a 64-bit value such as 0x5, 5 or -5, or 'rejected or' before one")]
    [TestCase(Program + "-- result\n010\n", 5, "found '010', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Program + "-- result\n0x11223344556677889\n", 5, "found '0x11223344556677889', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Program + "-- result\n0x00000000000000001\n", 5, "found '0x00000000000000001', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Program + "-- result\n0X1\n", 5, "found '0X1', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Program + "-- result\n5,\n", 5, "found '5,', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Program + "-- result\nrejected or 5,\n", 5, "found '5,', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Program + "-- result\nrejected, or 5\n", 5, "found 'rejected, or 5', expected a 64-bit value such as 0x5, 5 or -5, or 'rejected or' before one")]
    [TestCase(Program + "-- result\nrejected TooLarge,TooLarge or 5\n", 5, "'TooLarge' is there twice")]
    [TestCase(Program + "-- result\n\u00a05\n", 5, "found '\u00a05', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Program + "-- result\r\r\n5\n", 4, "found the control character U+000D, expected none but tabs, and LF or CR LF at the end of lines")]
    [TestCase(Program + "-- result\n5\r", 5, "found the control character U+000D, expected none but tabs, and LF or CR LF at the end of lines")]
    [TestCase("# a form feed:\n# \f\n" + Program + "-- result\n5\n", 2, "found the control character U+000C, expected none but tabs, and LF or CR LF at the end of lines")]
    [TestCase(Program + "-- note\n\u0085\n-- result\n5\n", 5, "found the control character U+0085, expected none but tabs, and LF or CR LF at the end of lines")]
    [TestCase("-- asm\nr0 = 1\nexit\u00a0\n-- result\n1\n", 3, "found '\u00a0', expected the end of the line")]
    [TestCase("--\u00a0asm\nexit\n", 1, "unknown section '--\u00a0asm', expected -- and one of: asm, raw, maps, memory, packet, context, cases, result, memory-after, maps-after, context-after, steps, contention, rejected, faults, malformed, cpu, type, attach, license, flags, spec, note")]
    [TestCase(Program + "-- result\n-9223372036854775809\n", 5, "found '-9223372036854775809', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Program + "-- memory\n0\n-- result\n1\n", 5, "found 1 hexadecimal digits, expected two for each byte")]
    [TestCase(Program + "-- memory\n00 zz\n-- result\n1\n", 5, "found 'z', expected hexadecimal digits")]
    [TestCase(Program + "-- memory\n0X00\n-- result\n1\n", 5, "found 'X', expected hexadecimal digits")]
    [TestCase(Program + "-- memory\n00\u00a000\n-- result\n1\n", 5, "found '\u00a0', expected hexadecimal digits")]
    [TestCase(Program + "-- memory\n-\n-\n-- result\n1\n", 5, "found '-', expected hexadecimal digits")]
    [TestCase(Program + "-- memory\n00\n-- memory-after\n0011\n-- result\n1\n", 6, "found 2 bytes of memory afterwards, expected 1 as before")]
    [TestCase(Program + "-- cases\n", 4, "'-- cases' is empty, expected a run a line")]
    [TestCase(Program + "-- cases\n00\n", 5, "found '00', expected HEX -> VALUE or HEX -> VALUE / HEX-AFTER")]
    [TestCase(Program + "-- cases\n-> 1\n", 5, "found no bytes, expected hexadecimal digits or '-'")]
    [TestCase(Program + "-- cases\n00 ->\u00a01\n", 5, "found '\u00a01', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Program + "-- cases\n00 -> 1 / 00 / 00\n", 5, "found '1 / 00 / 00', expected VALUE / HEX-AFTER")]
    [TestCase(Program + "-- cases\n00 -> 1\n0000 -> 1\n", 6, "found 2 bytes of memory, expected 1 as in line 5")]
    [TestCase(Program + "-- cases\n00 -> 1\n-- result\n1\n", 6, "'-- result' has no place beside '-- cases', which states the data of every run")]
    [TestCase(Program + "-- rejected\nNoSuchReason\n", 5, "unknown reason 'NoSuchReason', expected one of: EmptyProgram, TooLarge, UnknownOpcode, ReservedField, InvalidRegister, ReadOnlyRegister, IncompleteWideInstruction, JumpIntoWideInstruction, JumpOutOfRange, FallsOffEnd, UnreachableCode, InvalidCallTarget, ShiftOutOfRange, DivisionByZero, UnknownHelper, UnknownKernelFunction, InvalidMapReference, InvalidMapDefinition, InvalidVariableReference, InvalidCodeAddress, UninitializedRegister, UninitializedStack, OutOfBoundsAccess, MisalignedAccess, InvalidPointer, InvalidContextAccess, InvalidArgument, InvalidReturnValue, InfiniteLoop, TooManyFrames, StackOverflow, TooComplex, Permission, NotImplemented, Other")]
    [TestCase(Program + "-- rejected\nTooLarge TooLarge\n", 5, "'TooLarge' is there twice")]
    [TestCase(Program + "-- rejected\n-- result\n1\n", 5, "'-- result' has no place when nothing runs ('or runs' in '-- rejected' allows it)")]
    [TestCase(Program + "-- rejected\nor runs\n", 0, "no expectation, expected '-- result', '-- cases', '-- steps', '-- rejected', '-- faults' or '-- malformed'")]
    [TestCase(Program + "-- rejected\nor runs\n-- result\nrejected or 5\n", 7, "'rejected or' beside a section '-- rejected' or '-- faults', expected only one of them")]
    [TestCase(Program + "-- malformed\n-- rejected\n", 5, "'-- rejected' has no place when nothing runs")]
    [TestCase(Program + "-- faults\nOutOfMemory\n", 5, "unknown fault 'OutOfMemory', expected one of: OutOfBoundsLoad, OutOfBoundsStore, MisalignedAtomic, TooManyFrames, UnknownHelper, UninitializedRegister, UninitializedStack, InvalidPointer, ArithmeticTrap, IllegalInstruction; or budget alone")]
    [TestCase(Program + "-- faults\nOutOfBoundsLoad in 3\n", 5, "found 'in', expected nothing, 'at' and a pc, or 'or returns'")]
    [TestCase(Program + "-- faults\nbudget\n-- result\n1\n", 6, "'-- result' has no place when runs fault ('or returns' in '-- faults' allows a result)")]
    [TestCase(Program + "-- faults\nbudget or returns\n", 5, "unknown fault 'budget', expected one of: OutOfBoundsLoad, OutOfBoundsStore, MisalignedAtomic, TooManyFrames, UnknownHelper, UninitializedRegister, UninitializedStack, InvalidPointer, ArithmeticTrap, IllegalInstruction; or budget alone")]
    [TestCase(Program + "-- faults\nor returns\n-- result\nrejected or 1\n", 7, "'rejected or' beside a section '-- rejected' or '-- faults', expected only one of them")]
    [TestCase(Program + "-- faults\nOutOfBoundsLoad at 03\n", 5, "found 'at', expected nothing, 'at' and a pc, or 'or returns'")]
    [TestCase(Program + "-- faults\nOutOfBoundsLoad at,3\n", 5, "found 'at,3', expected nothing, 'at' and a pc, or 'or returns'")]
    [TestCase(Program + "-- cpu\nv5\n-- result\n1\n", 5, "found 'v5', expected one of: v1, v2, v3, v4")]
    [TestCase(Program + "-- packet\n00\n-- result\n1\n", 4, "'-- packet' has no place without '-- type'")]
    [TestCase(Program + "-- type\nxdp\n-- memory\n00\n-- result\n1\n", 6, "'-- memory' has no place in a program with a type: it is given a packet")]
    [TestCase(Program + "-- maps\nm: array key 4 value 8\n-- result\n1\n", 5, "found 'm: array key 4 value 8', expected name: kind key BYTES value BYTES entries COUNT [flags 0xFLAGS] [inner NAME] [extra COUNT] [pin NAMESPACE NAME] [FIELD OFFSET ...]")]
    [TestCase(Program + "-- maps\nm: array key 4 value 8 entries 9999999999\n-- result\n1\n", 5, "entries 9999999999, expected a number without leading zeros, at most 2147483647")]
    [TestCase(Program + "-- maps\nm: array key 04 value 8 entries 1\n-- result\n1\n", 5, "key 04, expected a number without leading zeros, at most 2147483647")]
    [TestCase(Program + "-- maps\nm: array key 4\u00a0value 8 entries 1\n-- result\n1\n", 5, "found 'm: array key 4\u00a0value 8 entries 1', expected name: kind key BYTES value BYTES entries COUNT [flags 0xFLAGS] [inner NAME] [extra COUNT] [pin NAMESPACE NAME] [FIELD OFFSET ...]")]
    [TestCase(Program + "-- maps\nm: array key 4 value 8 entries 1\nm: hash key 4 value 8 entries 1\n-- result\n1\n", 6, "second map named 'm'")]
    [TestCase(Program + "-- maps\nm: array key 4 value 8 entries 1 lock 0\n-- result\n1\n", 5, "found 'lock', expected one of: spin_lock, timer, kptr, kptr_untrusted")]
    [TestCase(Program + "-- maps\nm: array key 4 value 8 entries 1 pin all x\n-- result\n1\n", 5, "found 'all', expected one of: object, global")]
    [TestCase(Program + "-- maps\na: array key 4 value 1 entries 1 pin global a/b\n-- result\n1\n", 5, "found 'a/b', expected a name of letters, digits and '_', at most 255")]
    [TestCase(Program + "-- maps\na: array key 4 value 1 entries 1 pin global x\nb: array key 4 value 1 entries 1 pin global x\n00000000 = 00\n-- result\n1\n", 7, "found an entry of map 'b', which is map 'a': it begins with the entries of that")]
    [TestCase(Program + "-- maps\nm: array key 4 value 8 entries 1 spin_lock 04\n-- result\n1\n", 5, "spin_lock 04, expected a number without leading zeros, at most 65535")]
    [TestCase(Program + "-- maps\nm: array key 4 value 8 entries 1 timer 65536\n-- result\n1\n", 5, "timer 65536, expected a number without leading zeros, at most 65535")]
    [TestCase(Program + "-- maps\n-- result\n1\n", 4, "'-- maps' is empty, expected name: kind key BYTES value BYTES entries COUNT [flags 0xFLAGS] [inner NAME] [extra COUNT] [pin NAMESPACE NAME] [FIELD OFFSET ...]")]
    [TestCase("-- raw\n- 95\n-- malformed\n", 2, "found '-', expected hexadecimal digits")]
    [TestCase("-- raw\n95\n00 00\n-- malformed\n", 2, "the bytecode ends after 3 bytes, expected a multiple of 8")]
    public void Read_SomethingWrong_SaysWhatAndWhere(string text, int line, string problem)
    {
        BpfFormatException error = Assert.Throws<BpfFormatException>(() => VectorReader.Read(text, "x.vector", "x.vector"));

        Assert.Multiple(() =>
        {
            Assert.That(error.Problem, Is.EqualTo(problem));
            Assert.That(error.Origin, Is.EqualTo("x.vector"));
            Assert.That(error.Line, Is.EqualTo(line));
        });
    }

    [Test]
    public void Read_ThirtyThousandMaps_AreRefusedAtTheSixtyFifth()
    {
        string maps = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"m{i}: array key 4 value 8 entries 1\n"));

        Assert.That(Error("-- maps\n" + maps + Program), Is.EqualTo((66, "a map too many, expected at most 64 in a file")));
    }

    [TestCase("m: array key 4 value 1 entries 2097153\n", 2, "16777224 bytes of values in the maps up to here, expected at most 16 MiB in a file")]
    [TestCase("m: hash key 4 value 8 entries 2097152\nn: array key 4 value 4 entries 1\n", 3, "16777224 bytes of values in the maps up to here, expected at most 16 MiB in a file")]
    [TestCase("m: array key 4 value 2147483647 entries 2147483647\n", 2, "4611686016279904256 bytes of values in the maps up to here, expected at most 16 MiB in a file")]
    public void Read_LargeMaps_AreRefused(string maps, int line, string problem) =>
        Assert.That(Error("-- maps\n" + maps + Program), Is.EqualTo((line, problem)));

    [Test]
    public void Read_TooManyRuns_IsRefused()
    {
        string runs = string.Concat(Enumerable.Repeat("- -> 1\n", 100_001));

        Assert.That(Error(Program + "-- cases\n" + runs), Is.EqualTo((100_005, "a run too many, expected at most 100000 in a file")));
    }

    /// <summary>1118 runs with room for 60,000 bytes are 64 MiB less 28,864 bytes.</summary>
    [Test]
    public void Read_ManyPacketsBesideALongOne_IsRefused()
    {
        string packets = new string('0', 120_000) + " -> 1\n" + string.Concat(Enumerable.Repeat("00 -> 1\n", 40_000));

        Assert.That(
            Error(Program + "-- type\nxdp\n-- cases\n" + packets),
            Is.EqualTo((1125, "1119 runs up to here with room for 60000 bytes each, the longest data, expected at most 64 MiB in a file")));
    }

    private static (int Line, string Problem) Error(string text)
    {
        BpfFormatException error = Assert.Throws<BpfFormatException>(() => VectorReader.Read(text, "x.vector", "x.vector"));
        return (error.Line, error.Problem);
    }

    [TestCase("-- asm\nr0 = 1\nr11 = 1\nexit\n-- result\n1\n", 3)]
    [TestCase("-- asm\nnonsense\nexit\n-- result\n1\n", 2)]
    [TestCase("-- asm\nl:\nl:\nexit\n-- result\n1\n", 3)]
    [TestCase("-- asm\nr0 = 0x1234567890\nexit\n-- result\n1\n", 2)]
    public void Read_WrongAssembly_SaysTheLineOfTheFile(string text, int line)
    {
        BpfFormatException error = Assert.Throws<BpfFormatException>(() => VectorReader.Read(text, "x.vector", "x.vector"));

        Assert.That((error.Origin, error.Line), Is.EqualTo(("x.vector", line)));
    }
}
