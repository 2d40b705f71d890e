using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class DataReaderTests
{
    private readonly List<CaseWarning> _warnings = [];

    [SetUp]
    public void Forget() => _warnings.Clear();

    private TestCase Read(string text) => DataReader.Read(text, "x.data", "x.data", _warnings);

    [Test]
    public void Read_OldFile_HasProgramMemoryAndResult()
    {
        TestCase test = Read(
            """
            # Copyright (c) Big Switch Networks, Inc
            -- c
            int main() { return 1; }
            -- asm
            ldxh %r0, [%r1+2] # a comment
            jne %r0, 0x2211, exit
            exit
            -- mem
            aa bb 11 22
            cc dd
            -- no register offset
            call instruction
            -- result
            0x2211
            """);

        Assert.Multiple(() =>
        {
            Assert.That(test.Program.ToBytes(), Is.EqualTo(Convert.FromHexString("691002000000000055000000112200009500000000000000")));
            Assert.That(test.Lines, Is.EqualTo(new[] { 5, 6, 7 }));
            Assert.That(test.Inputs[0].Data.ToArray(), Is.EqualTo(Convert.FromHexString("aabb1122ccdd")));
            Assert.That(test.Inputs[0].Result, Is.EqualTo(0x2211ul));
            Assert.That(test.Inputs[0].Line, Is.EqualTo(14));
            Assert.That(test.Expectation.Load, Is.EqualTo(LoadExpectation.Accepted));
            Assert.That(_warnings, Is.Empty);
        });
    }

    [Test]
    public void Read_RawWords_AreSlotsWithTheOpcodeInTheLowestByte()
    {
        TestCase test = Read("-- raw\n0x5566778800000018\n0x1122334400000000\n0x0000000000000095\n-- result\n0x1122334455667788\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Program.Instructions[0], Is.EqualTo(new Instruction(0x18, 0, 0, 0x55667788)));
            Assert.That(test.Program.Instructions[1], Is.EqualTo(new Instruction(0, 0, 0, 0x11223344)));
            Assert.That(test.Lines, Is.EqualTo(new[] { 2, 3, 4 }));
        });
    }

    [TestCase("lsh32 %r0, 32", ReasonClass.ShiftOutOfRange)]
    [TestCase("rsh %r0, 64", ReasonClass.ShiftOutOfRange)]
    [TestCase("arsh %r0, -1", ReasonClass.ShiftOutOfRange)]
    [TestCase("div %r0, 0", ReasonClass.DivisionByZero)]
    [TestCase("smod32 %r0, 0", ReasonClass.DivisionByZero)]
    public void Read_ConstantThatTheKernelRefuses_AllowsRejection(string instruction, ReasonClass reason)
    {
        TestCase test = Read($"-- asm\nmov %r0, 1\n{instruction}\nexit\n-- result\n0x0\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Expectation.Load, Is.EqualTo(LoadExpectation.AcceptedOrRejected));
            Assert.That(test.Expectation.Reasons, Is.EqualTo(new[] { reason }));
        });
    }

    [TestCase("lsh32 %r0, 31")]
    [TestCase("rsh %r0, 63")]
    [TestCase("rsh %r0, %r1")]
    [TestCase("add %r0, 64")]
    [TestCase("add %r0, 0")]
    public void Read_ConstantThatTheKernelTakes_MustBeAccepted(string instruction)
    {
        TestCase test = Read($"-- asm\nmov %r0, 1\n{instruction}\nexit\n-- result\n0x0\n");

        Assert.That(test.Expectation.Load, Is.EqualTo(LoadExpectation.Accepted));
    }

    [Test]
    public void Read_Error_MustFaultOrBeRejected()
    {
        TestCase test = Read("-- asm\nldxb %r0, [%r1]\nexit\n-- error\nout of bounds\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Expectation.Run, Is.EqualTo(RunExpectation.Faulted));
            Assert.That(test.Inputs[0].Result, Is.Null);
        });
    }

    [Test]
    public void Read_SeveralResults_TakesTheLastAndWarns()
    {
        TestCase test = Read("-- asm\nexit\n-- result\n0x1\n-2\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Inputs[0].Result, Is.EqualTo(0xfffffffffffffffe));
            Assert.That(_warnings, Is.EqualTo(new[] { new CaseWarning("x.data", 4, "the result '0x1' does not count: the last line, '-2', does") }));
        });
    }

    [Test]
    public void Read_DashesInsideALine_Warn()
    {
        Read("-- c\nwhile (i--) { }\n-- asm\nexit\n-- result\n0\n");

        Assert.That(_warnings.Select(warning => warning.ToString()), Is.EqualTo(new[]
        {
            "x.data:2: '--' inside a line is a directive to the original runner, which skips the file for it",
        }));
    }

    [Test]
    public void Read_DashesInManyLines_WarnOnceASection()
    {
        string dashes = string.Concat(Enumerable.Repeat(" --\n", 200_000));

        Read("-- c\n\n" + dashes + "-- asm\nexit # --\n-- result\n0\n");

        Assert.That(_warnings.Select(warning => warning.ToString()), Is.EqualTo(new[]
        {
            "x.data:3: '--' inside a line (and 199999 more in this section) is a directive to the original runner, which skips the file for it",
            "x.data:200004: '--' inside a line is a directive to the original runner, which skips the file for it",
        }));
    }

    [Test]
    public void Read_ManyResults_WarnOnce()
    {
        Read("-- asm\nexit\n-- result\n1\n2\n3\n4\n");

        Assert.That(_warnings.Select(warning => warning.ToString()), Is.EqualTo(new[]
        {
            "x.data:4: the result '1' (and 2 more) do not count: the last line, '4', does",
        }));
    }

    [TestCase("-- asm\nl: exit\n-- result\n0\n", 2, "found 'exit' after a label, expected a line of its own: the original runner drops it")]
    [TestCase("-- asm\nexit\n-- options\n-- result\n0\n", 3, "unknown section '-- options', expected -- and one of: asm, raw, mem, result, error, no register offset, c")]
    [TestCase("-- asm\nexit\n-- result\n0x1 junk\n", 4, "found '0x1 junk', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase("-- asm\nexit\n-- raw\n0x0000000000000000\n-- result\n0\n", 3, "'-- raw' and '-- asm' are different programs, first at pc 0")]
    [TestCase("-- asm\nexit\n-- raw\n0x95\n0x95\n-- result\n0\n", 3, "'-- raw' and '-- asm' are different programs, first at pc 1")]
    [TestCase("-- raw\n0x95 0x95\n-- result\n0\n", 2, "found '0x95 0x95', expected a 64-bit word in hexadecimal")]
    [TestCase("-- asm\nexit\n", 0, "no expectation, expected '-- result' or '-- error'")]
    [TestCase("-- result\n0\n", 0, "no program, expected '-- asm' or '-- raw'")]
    [TestCase("-- asm\nexit\n-- result\n-- mem\n00\n", 3, "'-- result' is empty, expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase("-- asm\nexit\n-- result\n0\n-- error\nx\n", 5, "a second expectation, expected either '-- result' or '-- error'")]
    [TestCase("-- asm\nexit\n-- mem\n0\n-- result\n0\n", 4, "found 1 hexadecimal digits, expected two for each byte")]
    public void Read_Trap_IsAnError(string text, int line, string problem)
    {
        BpfFormatException error = Assert.Throws<BpfFormatException>(() => Read(text));

        Assert.Multiple(() =>
        {
            Assert.That(error.Problem, Is.EqualTo(problem));
            Assert.That((error.Origin, error.Line), Is.EqualTo(("x.data", line)));
        });
    }

    [Test]
    public void Load_TheOlderSuite_ReadsEveryFile()
    {
        Assume.That(Repository.Shared, Is.Not.Null, "the older suite is not beside this checkout");

        CaseSet set = CaseLoader.Load([Path.Combine(Repository.Shared!, "data/bpf_conformance")]);

        Assert.Multiple(() =>
        {
            Assert.That(set.Errors, Is.Empty);
            Assert.That(set.Warnings, Is.Empty);
            Assert.That(set.Cases, Has.Length.EqualTo(313));
            Assert.That(set.Cases.Count(test => test.Expectation.Load == LoadExpectation.AcceptedOrRejected), Is.EqualTo(12));
            Assert.That(set.Cases.Single(test => test.Groups.Contains(ConformanceGroup.CallX)).Name, Is.EqualTo("callx.data"));
        });
    }
}
