using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Runtime.Execution;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Local calls: frames, their stacks and their number.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class FrameTests(Compiler compiler)
{
    private const string Recursion = """
        r6 = r1
        r1 = 7
        call f
        exit
        f:
        r0 = 0
        if r1 == 0 goto end
        *(u64 *)(r10 - 8) = r1
        r1 += -1
        call f
        r1 = *(u64 *)(r10 - 8)
        r0 += r1
        end:
        exit
        """;

    // Through a pointer, to the caller's stack and to the callee's own, which is gone when it returns.
    private const string Pointers = """
        *(u64 *)(r10 - 8) = 5
        r1 = r10
        r1 += -8
        call f
        r6 = r0
        r0 = *(u64 *)(r10 - 8)
        exit
        f:
        r2 = *(u64 *)(r1 + 0)
        r2 += 1
        *(u64 *)(r1 + 0) = r2
        r0 = r10
        r0 += -8
        exit
        """;

    // The stacks of frames behind the current one are closed for the helper, and open again afterwards.
    private const string FrameAfterAHelper = """
        call 8
        call f
        exit
        f:
        *(u64 *)(r10 - 8) = r10
        r3 = *(u64 *)(r10 - 8)
        r4 = 0
        r3 += r4
        *(u64 *)(r3 - 16) = 7
        r0 = *(u64 *)(r10 - 16)
        exit
        """;

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void Stack_OfAFunctionThatIsCalledAfterAHelper_IsOpen()
    {
        using var machine = new CompiledMachine(compiler, FrameAfterAHelper);
        Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 7ul)));
    }

    [Test]
    public void Calls_CalleesWriteAllRegisters_CallersKeepR6ToR9()
    {
        const string Text = """
            r6 = 6
            r7 = 7
            r8 = 8
            r9 = 9
            r1 = 1
            call f
            r0 += r6
            r0 += r7
            r0 += r8
            r0 += r9
            exit
            f:
            r6 = r1
            r7 = 70
            r8 = 80
            r9 = 90
            r0 = 1000
            r0 += r6
            exit
            """;
        foreach (JitOptions options in new[] { JitOptions.Checked, JitOptions.Trusted })
        {
            using var machine = new CompiledMachine(compiler, Text, options);
            Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 1031ul)));
        }
    }

    [Test]
    public void Recursion_SevenDeep_HasAFrameForEach()
    {
        foreach (JitOptions options in new[] { JitOptions.Checked, JitOptions.Trusted })
        {
            using var machine = new CompiledMachine(compiler, Recursion.Replace("r1 = 7", "r1 = 6", StringComparison.Ordinal), options);
            Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 21ul)));
        }
    }

    [Test]
    public void Recursion_EightDeep_FaultsAtTheCall()
    {
        using var machine = new CompiledMachine(compiler, Recursion);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.TooManyFrames, 8)));
        Assert.That(machine.Executed, Is.EqualTo(3 + (7 * 5)));
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.TooManyFrames, 8)), "once more");
    }

    [Test]
    public void Chain_OfNineFunctions_FaultsAtTheLastCall()
    {
        string text = string.Concat(Enumerable.Range(0, 8).Select(n => $"f{n}:\ncall f{n + 1}\nexit\n")) + "f8:\nr0 = 1\nexit";
        using var machine = new CompiledMachine(compiler, text);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.TooManyFrames, 14)));
    }

    [Test]
    public void Pointer_ToTheCallersStack_ReachesIt()
    {
        using var machine = new CompiledMachine(compiler, Pointers);
        Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 6ul)));
    }

    [Test]
    public void Pointer_ToAStackThatIsGone_Faults()
    {
        using var machine = new CompiledMachine(compiler, Pointers.Replace("r0 = *(u64 *)(r10 - 8)\nexit", "r0 = *(u64 *)(r6 + 0)\nexit", StringComparison.Ordinal));
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 5)));
    }

    [Test]
    public void Callee_ThatFaults_EndsTheRunOfItsCallers()
    {
        using var machine = new CompiledMachine(compiler, "r0 = 1\ncall f\nr0 = 2\nexit\nf:\ncall g\nexit\ng:\nr0 = *(u8 *)(r10 + 0)\nr0 = 3\nexit");
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 6)));
        Assert.That(machine.Executed, Is.EqualTo(2 + 1 + 1));
    }

    [Test]
    public void MayGoto_InACallee_HasItsOwnCount()
    {
        const string Text = "r6 = 0\ncall f\nr6 += r0\ncall f\nr0 += r6\nexit\nf:\nr0 = 0\nloop:\nmay_goto end\nr0 += 1\ngoto loop\nend:\nexit";
        using var machine = new CompiledMachine(compiler, Text);
        Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 2ul * MachineMemory.MayGotoLimit)));
        Assert.That(machine.Executed, Is.EqualTo(6 + (2 * (3 + (3 * MachineMemory.MayGotoLimit)))));
    }
}
