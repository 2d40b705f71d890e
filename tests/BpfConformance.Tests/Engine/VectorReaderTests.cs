using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class VectorReaderTests
{
    private static TestCase Read(string text) => VectorReader.Read(text, "folder/x.vector", "x.vector");

    [Test]
    public void Read_SingleCase_HasProgramMemoryAndResult()
    {
        TestCase test = Read(
            """
            # A comment.

            -- asm
            r0 = *(u8 *)(r1 + 1)   # loads
            exit
            -- memory
            0102 03
            04
            -- result
            0x2
            -- memory-after
            01020304
            -- spec
            RFC 9669 section 5.1
            -- note
            See issue #7.
            """);

        Assert.Multiple(() =>
        {
            Assert.That(test.Name, Is.EqualTo("x.vector"));
            Assert.That(test.File, Is.EqualTo("folder/x.vector"));
            Assert.That(test.Program.ToBytes(), Is.EqualTo(Convert.FromHexString("71100100000000009500000000000000")));
            Assert.That(test.Program.Type, Is.EqualTo(ProgramType.Unspecified));
            Assert.That(test.Lines, Is.EqualTo(new[] { 4, 5 }));
            Assert.That(test.Inputs, Has.Length.EqualTo(1));
            Assert.That(test.Inputs[0].Line, Is.EqualTo(10));
            Assert.That(test.Inputs[0].Data.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
            Assert.That(test.Inputs[0].Result, Is.EqualTo(2ul));
            Assert.That(test.Inputs[0].DataAfter!.Value.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
            Assert.That(test.Expectation.Load, Is.EqualTo(LoadExpectation.Accepted));
            Assert.That(test.Groups, Is.EqualTo(new[] { ConformanceGroup.Base32 }));
            Assert.That(test.Cpu, Is.EqualTo(CpuVersion.V1));
            Assert.That(test.Note, Is.EqualTo("RFC 9669 section 5.1\nSee issue #7."));
        });
    }

    [Test]
    public void Read_ManyCases_HasOneInputALine()
    {
        TestCase test = Read(
            """
            -- asm
            r0 = 1
            exit
            -- cases
            # dividend            r0
            f3ffffffffffffff 0400000000000000  -> -3
            00000000000000800000000000000000  -> 18446744073709551615   # largest

            0100000000000000 0000000000000000 -> 0x0 / ff00000000000000 0000000000000000
            """);

        Assert.Multiple(() =>
        {
            Assert.That(test.Inputs.Select(input => input.Line), Is.EqualTo(new[] { 6, 7, 9 }));
            Assert.That(test.Inputs.Select(input => input.Result), Is.EqualTo(new ulong?[] { 0xfffffffffffffffd, ulong.MaxValue, 0 }));
            Assert.That(test.Inputs[0].Data.Span[..2].ToArray(), Is.EqualTo(new byte[] { 0xf3, 0xff }));
            Assert.That(test.Inputs[0].DataAfter, Is.Null);
            Assert.That(test.Inputs[2].DataAfter!.Value.Span[0], Is.EqualTo(0xff));
            Assert.That(test.DataBytes, Is.EqualTo(16));
        });
    }

    [Test]
    public void Read_CasesWithoutData_HasEmptyInputs()
    {
        TestCase test = Read("-- asm\nr0 = 1\nexit\n-- cases\n- -> 1\n- -> 1 / -\n");

        Assert.That(test.Inputs.Select(input => input.Data.Length), Is.EqualTo(new[] { 0, 0 }));
    }

    [Test]
    public void Read_SingleCaseWithoutMemoryAfter_StatesNothingOfIt()
    {
        TestCase test = Read("-- asm\nr0 = 1\nexit\n-- memory\n0102\n-- result\n1\n");

        Assert.That(test.Inputs[0].DataAfter, Is.Null);
    }

    [Test]
    public void Read_WindowsLineEnds_AreLineEnds()
    {
        TestCase test = Read("-- asm\r\nr0 = 1\r\nexit\r\n-- result\r\n0x1\r\n");

        Assert.That(test.Inputs[0].Result, Is.EqualTo(1ul));
    }

    [Test]
    public void Read_WhiteSpaceAroundSigns_MeansNothing()
    {
        TestCase test = Read("--\tmaps # of two\nm\t :array key\t4 value 8 entries 1\nn:hash key 4 value 8 entries 2\n-- asm\nr0 = 1\nexit\n-- cases\n0102->1/0304\n0x01 02\t->\t1\t/\t03 0x04\n");

        Assert.That(test.Maps.Select(map => map.Name), Is.EqualTo(new[] { "m", "n" }));
        Assert.That(
            test.Inputs.Select(input => (Convert.ToHexString(input.Data.Span), input.Result, Convert.ToHexString(input.DataAfter!.Value.Span))),
            Is.All.EqualTo(("0102", (ulong?)1, "0304")));
    }

    [Test]
    public void Read_NotesWithWindowsLineEnds_HaveTheWords() =>
        Assert.That(Read("-- asm\r\nr0 = 1\r\nexit\r\n-- result\r\n1\r\n-- note\r\none\r\ntwo\r\n").Note, Is.EqualTo("one\ntwo"));

    [Test]
    public void Read_Raw_KeepsAnySlotsAndTheirLines()
    {
        TestCase test = Read("-- raw\n95000000 00000000 ffff\nffffffffffff\n-- malformed\nUnknownOpcode\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Program.Instructions, Is.EqualTo(new[] { new Instruction(0x95, 0, 0, 0), new Instruction(0xff, 0xff, -1, -1) }));
            Assert.That(test.Lines, Is.EqualTo(new[] { 2, 2 }));
            Assert.That(test.Inputs, Is.Empty);
            Assert.That(test.Expectation.Load, Is.EqualTo(LoadExpectation.Rejected));
            Assert.That(test.Expectation.IsMalformed, Is.True);
            Assert.That(test.Expectation.Reasons, Is.EqualTo(new[] { ReasonClass.UnknownOpcode }));
        });
    }

    [TestCase("")]
    [TestCase("# none\n- # none\n\n")]
    public void Read_EmptyRaw_IsTheEmptyProgram(string raw)
    {
        TestCase test = Read($"-- raw\n{raw}-- malformed\nEmptyProgram\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Program.Instructions, Is.Empty);
            Assert.That(test.Groups, Is.Empty);
        });
    }

    [Test]
    public void Read_LargestMaps_AreRead()
    {
        string small = string.Concat(Enumerable.Range(0, 63).Select(i => $"m{i}: array key 4 value 8 entries 1\n"));

        TestCase test = Read("-- maps\nlarge: array key 4 value 8 entries 2097089\n" + small + "-- asm\nexit\n-- result\n0\n");

        Assert.That(test.Maps, Has.Length.EqualTo(64));
    }

    [Test]
    public void Read_Maps_AreNamedInAssembly()
    {
        TestCase test = Read(
            """
            -- maps
            first: array key 4 value 8 entries 1
            second: percpu_hash key 16 value 32 entries 100 flags 0x1f   # flags
            -- asm
            r1 = map_by_fd(second) ll
            r0 = 0
            exit
            -- result
            0
            """);

        Assert.Multiple(() =>
        {
            Assert.That(test.Maps[0], Is.EqualTo(new MapDefinition("first", MapType.Array, 4, 8, 1)));
            Assert.That(test.Maps[1], Is.EqualTo(new MapDefinition("second", MapType.PercpuHash, 16, 32, 100, (MapFlags)0x1f)));
            Assert.That(test.Program.Instructions[0], Is.EqualTo(new Instruction(0x18, Register.R1, Register.R1, 0, 1)));
        });
    }

    [Test]
    public void Read_FieldsInValues_AreThereInTheirOrder()
    {
        TestCase test = Read("-- maps\nm: hash key 4 value 24 entries 8 flags 0x1 spin_lock 0\ttimer 8\n-- asm\nr0 = 0\nexit\n-- result\n0\n");
        TargetCapabilities target = new FakeTarget("x").Capabilities with { HasContexts = true };

        Assert.That(test.Maps[0].Fields, Is.EqualTo(new ValueField[] { new(ValueFieldKind.SpinLock, 0), new(ValueFieldKind.Timer, 8) }));
        Assert.That(target.Lacks(test), Is.EqualTo("has no fields of the kernel's in values of maps"));
        Assert.That((target with { HasValueFields = true }).Lacks(test), Is.Null);
    }

    [TestCase("rejected or 0x5", new ReasonClass[0])]
    [TestCase("rejected ShiftOutOfRange or 5", new[] { ReasonClass.ShiftOutOfRange })]
    [TestCase("rejected ShiftOutOfRange, DivisionByZero or 5", new[] { ReasonClass.ShiftOutOfRange, ReasonClass.DivisionByZero })]
    public void Read_ResultWithRejection_IsLegalDivergence(string result, ReasonClass[] reasons)
    {
        TestCase test = Read($"-- asm\nr0 <<= 64\nexit\n-- result\n{result}\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Expectation.Load, Is.EqualTo(LoadExpectation.AcceptedOrRejected));
            Assert.That(test.Expectation.Reasons, Is.EqualTo(reasons));
            Assert.That(test.Inputs[0].Result, Is.EqualTo(5ul));
        });
    }

    [Test]
    public void Read_RejectedOrRuns_NeedsTheCasesToo()
    {
        TestCase test = Read("-- asm\nr0 <<= 64\nexit\n-- rejected\nShiftOutOfRange or runs\n-- cases\n- -> 0\n- -> 0\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Expectation.Load, Is.EqualTo(LoadExpectation.AcceptedOrRejected));
            Assert.That(test.Expectation.Reasons, Is.EqualTo(new[] { ReasonClass.ShiftOutOfRange }));
            Assert.That(test.Inputs, Has.Length.EqualTo(2));
        });
    }

    [Test]
    public void Read_RejectedWithMemory_StatesItsSize()
    {
        TestCase test = Read("-- asm\nr0 = *(u64 *)(r1 + 8)\nexit\n-- memory\n0011223344556677\n-- rejected\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Expectation.Load, Is.EqualTo(LoadExpectation.Rejected));
            Assert.That(test.Expectation.Reasons, Is.Empty);
            Assert.That(test.DataBytes, Is.EqualTo(8));
        });
    }

    [TestCase("OutOfBoundsLoad", RunExpectation.Faulted, FaultKind.OutOfBoundsLoad, null)]
    [TestCase("OutOfBoundsLoad at 3", RunExpectation.Faulted, FaultKind.OutOfBoundsLoad, 3)]
    [TestCase("", RunExpectation.Faulted, FaultKind.None, null)]
    [TestCase("OutOfBoundsLoad at 3 or returns", RunExpectation.FaultedOrReturned, FaultKind.OutOfBoundsLoad, 3)]
    [TestCase("or returns", RunExpectation.FaultedOrReturned, FaultKind.None, null)]
    [TestCase("budget", RunExpectation.TimedOut, FaultKind.None, null)]
    public void Read_Faults_HoldForEveryInput(string faults, RunExpectation run, FaultKind kind, int? pc)
    {
        TestCase test = Read($"-- asm\nr0 = *(u8 *)(r1 + 8)\nexit\n-- faults\n{faults}\n-- cases\n00 01\n02 03\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Expectation.Run, Is.EqualTo(run));
            Assert.That(test.Expectation.Fault, Is.EqualTo(kind));
            Assert.That(test.Expectation.FaultPc, Is.EqualTo(pc));
            Assert.That(test.Inputs.Select(input => input.Result), Is.EqualTo(new ulong?[] { null, null }));
        });
    }

    [Test]
    public void Read_Packets_MayDifferInLength()
    {
        TestCase test = Read("-- asm\nr0 = 2\nexit\n-- type\nxdp\n-- cases\n00 -> 2\n00 01 -> 2 / 00 01 02\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Program.Type, Is.EqualTo(ProgramType.Xdp));
            Assert.That(test.HasPackets, Is.True);
            Assert.That(test.DataBytes, Is.EqualTo(2));
        });
    }

    [Test]
    public void Read_Cpu_OverridesTheComputedOne()
    {
        TestCase test = Read("-- asm\nr0 = 2\nexit\n-- cpu\nv3\n-- result\n2\n");

        Assert.That(test.Cpu, Is.EqualTo(CpuVersion.V3));
    }

    [Test]
    public void Read_UnmatchedSlot_AsksForTheOldestRowOfItsOpcode()
    {
        // 0xdb with immediate 0x77 is no atomic at all; load-acquire, which shares the opcode, came later.
        TestCase test = Read("-- raw\ndb10000077000000 9500000000000000\n-- malformed\n");

        Assert.That(test.Groups, Is.EqualTo(new[] { ConformanceGroup.Base32, ConformanceGroup.Atomic64 }));
    }
}
