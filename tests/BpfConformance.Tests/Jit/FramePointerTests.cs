using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>What pointers into the stacks of several frames reach.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class FramePointerTests(Compiler compiler)
{
    private static readonly JitOptions[] s_options =
        [.. from n in Enumerable.Range(0, 8) select new JitOptions((n & 1) != 0, (n & 2) != 0, (n & 4) != 0)];

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [TestCase("r8 = r10\nr8 += -8\n*(u64 *)(r1 + 0) = r8\nr7 = *(u64 *)(r1 + 0)\n*(u64 *)(r7 + 0) = 9\nr0 = *(u64 *)(r10 - 8)\nexit", -1, Description = "the callee's own, by way of memory")]
    [TestCase("*(u64 *)(r2 + 0) = 9\nr0 = *(u64 *)(r2 + 0)\nexit", -1, Description = "the caller's")]
    [TestCase("r2 += 8\n*(u8 *)(r2 + 0) = 9\nr0 = 9\nexit", 7, Description = "behind the caller's")]
    [TestCase("r2 += -512\n*(u8 *)(r2 + 7) = 9\nr0 = 9\nexit", 7, Description = "before the caller's")]
    [TestCase("r2 += -504\n*(u8 *)(r2 + 0) = 9\nr0 = 9\nexit", -1, Description = "its first byte")]
    public void Store_FromACallee_ReachesLiveFramesOnly(string callee, int faultPc)
    {
        string text = $"r2 = r10\nr2 += -8\n*(u64 *)(r10 - 8) = 5\ncall f\nr6 = r0\nexit\nf:\n{callee}";
        using var machine = new CompiledMachine(compiler, text);
        RunEnd expected = faultPc < 0 ? RunEnd.Returned : RunEnd.Faulted(FaultKind.OutOfBoundsStore, faultPc);
        Assert.That(machine.Run(), Is.EqualTo(expected));
        if (faultPc < 0) Assert.That(machine.R0, Is.EqualTo(9));
    }

    [Test]
    public void Store_ThroughAPointerToTheCalleesOwnStackInTheSecondOfThreeFrames_ReachesIt()
    {
        const string Text = """
            call f
            exit
            f:
            *(u64 *)(r10 - 16) = 1
            r6 = r10
            r1 = r6
            call g
            r0 = *(u64 *)(r6 - 16)
            exit
            g:
            *(u64 *)(r10 - 16) = 2
            r2 = *(u64 *)(r1 - 16)
            r2 += 40
            *(u64 *)(r1 - 16) = r2
            r3 = r10
            r3 -= r1
            r3 += r1
            r4 = *(u64 *)(r3 - 16)
            *(u64 *)(r3 - 16) = r4
            r0 = 0
            exit
            """;
        foreach (JitOptions options in s_options)
        {
            using var machine = new CompiledMachine(compiler, Text, options);
            Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 41ul)), $"{options}");
        }
    }

    [TestCase("r1 = r10\nr1 += -8\nr4 = r2", Description = "text on the callee's stack, the number on the caller's")]
    [TestCase("r4 = r10\nr4 += -16\nr1 = r10\nr1 += -8", Description = "both on the callee's")]
    [TestCase("r1 = r2\nr4 = r10\nr4 += -16", Description = "text on the caller's")]
    public void Helper_WithPointersIntoFrames_ReadsAndWritesThem(string arguments)
    {
        // "42" before and after: the text is there, and the number, too.
        string text = $"*(u64 *)(r10 - 8) = 0x3234\nr2 = r10\nr2 += -8\ncall f\nexit\nf:\n*(u64 *)(r10 - 8) = 0x3234\n{arguments}\n"
            + "r6 = r4\nr2 = 2\nr3 = 10\ncall strtol\nr1 = *(u64 *)(r6 + 0)\nr0 <<= 8\nr0 |= r1\nexit";
        foreach (JitOptions options in s_options)
        {
            using var machine = new CompiledMachine(compiler, text, options);
            Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 0x22aul)), $"{options}");
        }
    }

    [Test]
    public void Helper_WithAPointerToADeadFrame_Faults()
    {
        const string Text = "call f\nr1 = r0\nr2 = 2\nr3 = 10\nr4 = r10\nr4 += -8\ncall strtol\nexit\nf:\n*(u64 *)(r10 - 8) = 0x3234\nr0 = r10\nr0 += -8\nexit";
        using var machine = new CompiledMachine(compiler, Text);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 6)));
    }

    [TestCase("r0 = *(u64 *)(r6 + 0)", FaultKind.OutOfBoundsLoad)]
    [TestCase("*(u64 *)(r6 + 0) = 1", FaultKind.OutOfBoundsStore)]
    public void Access_OfADeadFrameAfterAHelper_Faults(string access, FaultKind fault)
    {
        using var machine = new CompiledMachine(compiler, $"call f\nr6 = r0\ncall get_smp_processor_id\n{access}\nr0 = 0\nexit\nf:\n*(u64 *)(r10 - 8) = 1\nr0 = r10\nr0 += -8\nexit");
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(fault, 3)));
    }
}
