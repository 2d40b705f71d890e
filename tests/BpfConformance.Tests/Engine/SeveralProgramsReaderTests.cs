using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>Files with several programs: where each begins, what names them, and what is refused.</summary>
[TestFixture]
public sealed class SeveralProgramsReaderTests
{
    private const string Main = "-- type\nsocket_filter\n-- maps\njumps: prog_array key 4 value 4 entries 2\n01000000 = b\n-- asm\nr0 = 0\nexit\n";
    private const string Others = "-- asm a\nr0 = 1\nr0 += 1\nexit\n-- raw b\nb700000003000000 9500000000000000\n";
    private const string Result = "-- result\n0\n-- packet\n-\n";

    private static TestCase Read(string text) => VectorReader.Read(text, "calls/x.vector", "x.vector");

    [Test]
    public void Read_SeveralPrograms_StandBehindEachOther()
    {
        TestCase test = Read(Main + Others + "-- type b\nxdp\n" + Result);

        Assert.That(test.Program.Others, Is.EqualTo(new[] { new ProgramPart("a", 2, ProgramType.SocketFilter), new ProgramPart("b", 5, ProgramType.Xdp) }));
        Assert.That(test.Lines, Is.EqualTo(new[] { 7, 8, 10, 11, 12, 14, 14 }));
        Assert.That(test.Maps[0].Contents[0].Value.ToArray(), Is.EqualTo(new byte[] { 2, 0, 0, 0 }));
        Assert.That((test.Subject, test.SubjectName), Is.EqualTo((null as object, "calls")));
    }

    [Test]
    public void Read_ProgramBeforeTheMainOne_StandsBehindIt() =>
        Assert.That(Read("-- asm a\nr0 = 1\nexit\n-- asm\nr0 = 0\nexit\n-- result\n0\n").Program.Others, Is.EqualTo(new[] { new ProgramPart("a", 2, default) }));

    [TestCase("run 00 -> 0", 0)]
    [TestCase("run main 00 -> 0", 0)]
    [TestCase("run a 00 -> 0", 1)]
    [TestCase("run b 00->0", 2)]
    public void Read_Run_IsOfTheProgramThatIsNamed(string step, int program) =>
        Assert.That(Read(Main + Others + "-- steps\n" + step + "\n").Inputs[0].Program, Is.EqualTo(program));

    [TestCase("pin jumps /sys/fs/bpf/x -> ok", PinCommand.Pin, "x", 0)]
    [TestCase("pin main /sys/fs/bpf/x -> EEXIST", PinCommand.Pin, "x", 1)]
    [TestCase("pin b /sys/fs/bpf/tc/globals/x -> ok", PinCommand.Pin, "tc/globals/x", 3)]
    [TestCase("get /sys/fs/bpf/x -> a", PinCommand.Get, "x", 0)]
    [TestCase("unlink /sys/fs/bpf/x -> ok", PinCommand.Unlink, "x", 0)]
    [TestCase("mkdir /sys/fs/bpf/x -> ok", PinCommand.MakeFolder, "x", 0)]
    [TestCase("rmdir /sys/fs/bpf/x -> ok", PinCommand.RemoveFolder, "x", 0)]
    public void Read_Pin_IsAStep(string step, PinCommand command, string path, int subject) =>
        Assert.That(Read(Main + Others + "-- steps\n" + step + "\n").Inputs[0].Step, Is.EqualTo(new PinStep(command, path, subject)));

    [TestCase("-- asm a\nexit\n-- asm a\nexit\n", 11, "second '-- asm a', the first is in line 9")]
    [TestCase("-- asm a\nexit\n-- raw a\n-\n", 11, "second program named 'a'")]
    [TestCase("-- asm main\nexit\n", 9, "second program named 'main'")]
    [TestCase("-- raw\n-\n", 9, "a second program, expected either '-- asm' or '-- raw'")]
    [TestCase("-- asm 1a\nexit\n", 9, "unknown section '-- asm 1a'")]
    [TestCase("-- asm a b\nexit\n", 9, "unknown section '-- asm a b'")]
    [TestCase("-- result a\n0\n", 9, "unknown section '-- result a'")]
    [TestCase("-- type a\nxdp\n", 9, "there is no program 'a'")]
    [TestCase("-- asm b\nexit\n-- type b\nunspecified\n", 11, "a program with a type beside one without")]
    [TestCase("-- asm b\nexit\n-- steps\nrun b ->0\n", 12, "in 'b' found 1 hexadecimal digits")]
    [TestCase("-- asm b\nexit\n-- steps\npin c /sys/fs/bpf/x -> ok\n", 12, "there is no map and no program 'c' in this file")]
    [TestCase("-- asm b\nexit\n-- steps\nget /x -> b\n", 12, "found '/x', expected a path below /sys/fs/bpf")]
    [TestCase("-- asm b\nexit\n-- steps\nget /sys/fs/bpf/../x -> b\n", 12, "found '/sys/fs/bpf/../x', expected a path below /sys/fs/bpf")]
    [TestCase("-- asm b\nexit\n-- steps\nget /sys/fs/bpf//x -> b\n", 12, "found '/sys/fs/bpf//x', expected a path below /sys/fs/bpf")]
    [TestCase("-- asm b\nexit\n-- steps\nmkdir /sys/fs/bpf/x -> yes\n", 12, "found 'yes', expected ok, or an errno such as ENOENT")]
    [TestCase("-- asm b\nexit\n-- steps\nupdate jumps 00000000 c -> ok\n", 12, "there is no program 'c' in this file")]
    [TestCase("-- asm jumps\nexit\n-- asm b\nexit\n-- steps\npin jumps /sys/fs/bpf/x -> ok\n", 14, "both a map and a program are named 'jumps'")]
    public void Read_WhatIsWrong_NamesItsLine(string rest, int line, string problem)
    {
        BpfFormatException? error = Assert.Throws<BpfFormatException>(() => Read(Main + rest));

        Assert.That(error!.Problem, Does.StartWith(problem));
        Assert.That(error.Line, Is.EqualTo(line));
    }

    [Test]
    public void Read_ContentsThatAreNoProgram_AreRefused() =>
        Assert.That(() => Read(Main + "-- result\n0\n"), Throws.TypeOf<BpfFormatException>().With.Property("Problem").EqualTo("there is no program 'b' in this file"));
}
