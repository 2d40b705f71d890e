using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Findings;
using BpfConformance.Reporting.Reproducers;
using BpfConformance.Targets.Kernel;
using BpfConformance.Tests.Engine.Reduction;
using NUnit.Framework;
using static BpfConformance.Tests.Reporting.Reproducers.ReproducerTests;

namespace BpfConformance.Tests.Reporting.Reproducers;

/// <summary>Programs in C, compiled, and run where there is a kernel for them.</summary>
public sealed class KernelReproducerTests
{
    private const string ReadsMark = "r0 = *(u32 *)(r1 + 8)\nexit";
    private const string ReadsPartOfMark = "r0 = *(u32 *)(r1 + 8)\nr0 &= 3\nexit"; // at most 3 is taken there
    private const string ReadsFirstByte = "r6 = r1\nr0 = *(u8 *)skb[0]\nexit";
    private const string ReadsLength = "r0 = *(u32 *)(r1 + 4)\nr2 = *(u32 *)(r1 + 0)\nr0 -= r2\nexit";
    private const string MarkIs5 = "000000000000000005000000";
    private const string QueueIs0 = "000000000000000000000000000000000000000000000000";

    [TestCase(WithMemory, "0200000009000000", "")]
    [TestCase(WithMap, "", "")]
    [TestCase("r0 = 1\nr0 <<= 40\nexit", "", "")]
    [TestCase("r0 = 0\n.raw 0xff\nexit", "", "")]
    [TestCase("r0 = 3\nexit", "", "r0: expected 0x4, got 0x3")]
    [TestCase("r0 = 3\n*(u8 *)(r1 + 1) = 7\nexit", "00ff", "memory, expected and got:")]
    public void Kernel_CompiledAndRun_SaysWhetherTheKernelDoesWhatIsStated(string assembly, string data, string difference)
    {
        if (KernelTarget.WhyUnavailable() is { } why) Assert.Ignore(why);
        TestCase test = Stated(assembly, data);
        bool isWrong = difference.Length > 0;
        if (isWrong) test = test with { Inputs = [test.Inputs[0] with { Result = assembly.Contains("u8", StringComparison.Ordinal) ? 3u : 4u, DataAfter = test.Inputs[0].Data }] };
        var form = new KernelReproducer();
        Assert.That(form.Lacks(test), Is.Null);

        (int? code, string said) = CompiledReproducer.Run(form.Write(test), runs: true);

        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.EqualTo(isWrong ? 1 : 0), said);
        Assert.That(said, Does.Contain(difference));
    }

    [Test]
    public void Kernel_OfAProgramThatItRefusesThoughItShouldRun_SaysSo()
    {
        if (KernelTarget.WhyUnavailable() is { } why) Assert.Ignore(why);
        TestCase test = ReducerTests.CaseOf("r0 = 0\n.raw 0xff\nexit") with { Inputs = [new CaseInput(0, default, 0, null)], Expectation = new Expectation(LoadExpectation.Accepted, []) };

        (int? code, string said) = CompiledReproducer.Run(new KernelReproducer().Write(test), runs: true);

        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.EqualTo(KernelReproducer.Refused), said);
    }

    /// <summary>A compiler ends with 1, too.</summary>
    [Test]
    public void Compiled_WhatIsNoC_IsNotTakenForADifference()
    {
        (int? code, string said) = CompiledReproducer.Run("int main(void)\n{\n\treturn nothing;\n}\n", runs: true);

        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.EqualTo(CompiledReproducer.DoesNotCompile), said);
    }

    [TestCase("verdict", "OutOfBounds", 3, "rejected: Permission denied\nR1 invalid mem access", "it is refused")]
    [TestCase("verdict", "OutOfBounds", 1, "expected a rejection, it was accepted", "it shows a difference")]
    [TestCase("state", "ldx16", 1, "r0: expected 0x1, got 0x0", "it shows a difference")]
    [TestCase("state", "ldx16", 3, "rejected: Permission denied\nR1 invalid mem access", null)]
    [TestCase("state", "ldx16", 0, "r0: expected 0x1, got 0x1", null)]
    [TestCase("crash", "verifier bug: callback N unexpected regs", 3, "rejected: Bad address\nverifier bug: callback 9 unexpected regs\n", "the kernel says the same")]
    [TestCase("crash", "verifier bug: callback N unexpected regs", 0, "expected a rejection\nrejected: Bad address\nverifier bug: callback 9 unexpected regs\n", "the kernel says the same")]
    [TestCase("crash", "verifier bug: callback N unexpected regs", 3, "rejected: Permission denied\nR1 !read_ok", null)]
    [TestCase("crash", "verifier bug: callback N unexpected regs", 1, "r0: expected 0x1, got 0x0", null)]
    [TestCase("crash", "", 3, "rejected: Permission denied", null)]
    public void WhatIsShown_ByTheProgramInC_IsThatAndNothingElse(string oracle, string form, int code, string said, string? expected) =>
        Assert.That(Reproducing.WhatIsShown(new FindingSignature(oracle, "kernel", form, "Status"), code, said), Is.EqualTo(expected));

    /// <summary>Who takes the address of a function is refused without types.</summary>
    [Test]
    public void Kernel_OfAProgramThatIsCalledBack_GivesTheTypesOfItsFunctions()
    {
        if (KernelTarget.WhyUnavailable() is { } why) Assert.Ignore(why);
        TestCase test = Stated("r1 = 3\nr2 = code_addr(each) ll\nr3 = 0\nr4 = 0\ncall loop\nexit\neach:\nr0 = 0\nexit", "") with
        {
            Inputs = [new CaseInput(0, default, 3, null)],
        };

        (int? code, string said) = CompiledReproducer.Run(new KernelReproducer().Write(test), runs: true);

        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.Zero, said);
    }

    [TestCase(ProgramType.SchedCls, ReadsMark, MarkIs5, 5UL)]
    [TestCase(ProgramType.SocketFilter, ReadsMark, MarkIs5, 5UL)]
    [TestCase(ProgramType.CgroupSkb, ReadsPartOfMark, MarkIs5, 1UL)]
    [TestCase(ProgramType.LwtXmit, ReadsMark, MarkIs5, 5UL)]
    [TestCase(ProgramType.SocketFilter, ReadsFirstByte, "", 0x45UL)]
    [TestCase(ProgramType.SchedCls, ReadsFirstByte, "", 0x11UL)]
    [TestCase(ProgramType.Xdp, ReadsLength, QueueIs0, 64UL)]
    public void Kernel_OfAProgramWithAContext_GivesItThatAndThePacket(ProgramType type, string assembly, string context, ulong result)
    {
        if (KernelTarget.WhyUnavailable() is { } why) Assert.Ignore(why);
        var packet = new byte[64];
        (packet[0], packet[12], packet[14]) = (0x11, 0x08, 0x45); // a destination, IPv4, and its version
        TestCase bare = ReducerTests.CaseOf(assembly);
        TestCase test = bare with
        {
            Program = bare.Program with { Type = type, AttachType = type == ProgramType.CgroupSkb ? AttachType.CgroupInetEgress : default },
            Inputs = [new CaseInput(0, packet, result, null) { Context = Convert.FromHexString(context), DataAfter = packet }],
            Expectation = new Expectation(LoadExpectation.Accepted, []),
        };
        var form = new KernelReproducer();
        Assert.That(form.Lacks(test), Is.Null);

        (int? code, string said) = CompiledReproducer.Run(form.Write(test), runs: true);
        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.Zero, said);

        TestCase wrong = test with { Inputs = [test.Inputs[0] with { Result = result + 1 }] };
        Assert.That(CompiledReproducer.Run(form.Write(wrong), runs: true).Code, Is.EqualTo(1));
    }

    [Test]
    public void Kernel_OfATypeWithoutTestRun_SaysWhyNot()
    {
        TestCase bare = ReducerTests.CaseOf("r0 = 1\nexit");

        Assert.That(
            new KernelReproducer().Lacks(bare with { Program = bare.Program with { Type = ProgramType.SockOps } }),
            Is.EqualTo("programs of type sock_ops are given something else than a packet, or there is no BPF_PROG_TEST_RUN for them"));
    }

    [Test]
    public void Kernel_OfAPacketOfAnotherLength_SaysSo()
    {
        if (KernelTarget.WhyUnavailable() is { } why) Assert.Ignore(why);
        TestCase bare = ReducerTests.CaseOf("r0 = 2\nexit");
        TestCase test = bare with
        {
            Program = bare.Program with { Type = ProgramType.Xdp },
            Inputs = [new CaseInput(0, new byte[64], 2, null) { DataAfter = new byte[60] }],
            Expectation = new Expectation(LoadExpectation.Accepted, []),
        };

        (int? code, string said) = CompiledReproducer.Run(new KernelReproducer().Write(test), runs: true);

        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.EqualTo(1), said);
        Assert.That(said, Does.Contain("bytes of memory: expected 60, got 64"));
    }
}
