using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>Calls, helpers, exit and may_goto.</summary>
[TestFixture]
public sealed class CallTests
{
    private static readonly HandlerTable[] s_tables = [HandlerTable.Checked, HandlerTable.Sanitized];

    [Test]
    public void LocalCall_CalleeWritesR6ToR9_CallerKeepsItsOwn()
    {
        const string Text = """
            r6 = 6
            r7 = 7
            r8 = 8
            r9 = 9
            call f
            r6 <<= 24
            r7 <<= 16
            r8 <<= 8
            r6 |= r7
            r6 |= r8
            r6 |= r9
            r0 += r6
            exit
            f:
            r6 = 60
            r7 = 70
            r8 = 80
            r9 = 90
            r0 = r6
            exit
            """;
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(Text, table);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
            Assert.That(machine.R0, Is.EqualTo(0x06070809 + 60));
        }
    }

    [Test]
    public void LocalCall_FiveArguments_ArriveInOrder()
    {
        const string Text = """
            r1 = 1
            r2 = 2
            r3 = 3
            r4 = 4
            r5 = 5
            call f
            exit
            f:
            r0 = r1
            r0 <<= 4
            r0 |= r2
            r0 <<= 4
            r0 |= r3
            r0 <<= 4
            r0 |= r4
            r0 <<= 4
            r0 |= r5
            exit
            """;
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(Text, table);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
            Assert.That(machine.R0, Is.EqualTo(0x12345));
        }
    }

    [Test]
    public void LocalCall_CalleeStack_IsItsOwnAndTheCallersIsReachedByPointer()
    {
        const string Text = """
            *(u64 *)(r10 - 8) = 1
            *(u64 *)(r10 - 16) = 2
            r1 = r10
            r1 += -16
            r6 = r10
            call f
            r0 = *(u64 *)(r10 - 8)
            r2 = *(u64 *)(r10 - 16)
            r0 <<= 8
            r0 |= r2
            r6 -= r10
            r0 |= r6
            exit
            f:
            *(u64 *)(r10 - 8) = 9
            *(u64 *)(r10 - 512) = 9
            *(u64 *)(r1 + 0) = 3
            r0 = 0
            exit
            """;
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(Text, table);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
            Assert.That(machine.R0, Is.EqualTo(0x103));
        }
    }

    [TestCase("r0 = *(u8 *)(r10 + 0)", FaultKind.OutOfBoundsLoad)]
    [TestCase("*(u8 *)(r10 + 0) = 1", FaultKind.OutOfBoundsStore)]
    public void LocalCall_AccessAboveTheCalleesFrame_Faults(string access, FaultKind fault)
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine($"*(u64 *)(r10 - 512) = 1\ncall f\nexit\nf:\n{access}\nr0 = 0\nexit", table);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(fault, 3)));
        }
    }

    [Test]
    public void LocalCall_PointerToAFrameThatIsGone_Faults()
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(
                "call f\nr0 = *(u8 *)(r0 - 8)\nexit\nf:\n*(u64 *)(r10 - 8) = 1\nr0 = r10\nexit", table);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 1)));
        }
    }

    [TestCase(7, true)]
    [TestCase(8, false)]
    public void LocalCall_Recursion_HasEightFrames(int depth, bool returns)
    {
        // r1 counts down; each frame leaves its r1 on its own stack and adds it after the inner call.
        const string Text = """
            r1 = *(u64 *)(r1 + 0)
            call f
            exit
            f:
            *(u64 *)(r10 - 8) = r1
            r6 = r1
            r0 = 0
            r1 += -1
            if r1 == 0 goto out
            call f
            out:
            r0 <<= 4
            r2 = *(u64 *)(r10 - 8)
            r0 += r2
            r6 -= r2
            r0 += r6
            exit
            """;
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(Text, table);
            RunEnd end = machine.Run(BitConverter.GetBytes((ulong)depth));
            Assert.That(end, Is.EqualTo(returns ? RunEnd.Returned : RunEnd.Faulted(FaultKind.TooManyFrames, 8)));
            if (!returns)
            {
                // Two in the first frame, then six in each of the seven others.
                Assert.That(machine.Executed, Is.EqualTo(2 + (7 * 6)));
                continue;
            }

            Assert.That(machine.R0, Is.EqualTo(0x1234567), "f(n) = 16 f(n - 1) + n, n from the frame's stack");
        }
    }

    [Test]
    public void LocalCall_Backward_Works()
    {
        using var machine = new TestMachine("goto main\nf:\nr0 = 5\nexit\nmain:\ncall f\nr0 += 1\nexit");
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
        Assert.That((machine.R0, machine.Executed), Is.EqualTo((6ul, 6L)));
    }

    [Test]
    public void CallHelper_OfTimeChanceOrProcessor_GivesTheSameInEveryRun()
    {
        const string Text = """
            call ktime_get_ns
            r6 = r0
            call ktime_get_ns
            r7 = r0
            call get_prandom_u32
            r8 = r0
            call get_prandom_u32
            r9 = r0
            call get_smp_processor_id
            exit
            """;
        using var machine = new TestMachine(Text);
        machine.Run();
        ulong[] first = [machine.R0, machine.Register(6), machine.Register(7), machine.Register(8), machine.Register(9)];
        machine.Run();
        ulong[] second = [machine.R0, machine.Register(6), machine.Register(7), machine.Register(8), machine.Register(9)];

        Assert.That(second, Is.EqualTo(first));
        Assert.That(first[0], Is.Zero);
        Assert.That(first[2], Is.GreaterThan(first[1]), "time goes on");
        Assert.That(first[3], Is.Not.EqualTo(first[4]).And.LessThanOrEqualTo(uint.MaxValue));
    }

    [Test]
    public void CallX_NumberOfAHelper_CallsIt()
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine("r2 = 8\nr0 = 1\ncallx r2\nexit", table);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
            Assert.That((machine.R0, machine.Executed), Is.EqualTo((0ul, 4L)));
        }
    }

    [TestCase("r2 = 0")]
    [TestCase("r2 = 166", Description = "a kernel helper that the runtime has not")]
    [TestCase("r2 = 0x100000008 ll", Description = "all 64 bits are the number")]
    public void CallX_NumberOfNoHelper_Faults(string number)
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(number + "\nr0 = 1\ncallx r2\nexit", table);
            Assert.That(machine.Run().Fault, Is.EqualTo(FaultKind.UnknownHelper));
        }
    }

    [Test]
    public void Exit_InMain_ReturnsR0AsItIs()
    {
        using var machine = new TestMachine("r0 = -1\nexit");
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.R0, Is.EqualTo(ulong.MaxValue));
    }

    [Test]
    public void MayGoto_InAnEndlessLoop_EndsItAfterTheKernelsCount()
    {
        using var machine = new TestMachine("r0 = 0\nloop:\nmay_goto out\nr0 += 1\ngoto loop\nout:\nexit");
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.R0, Is.EqualTo(8388608), "BPF_MAX_LOOPS");
        Assert.That(machine.Executed, Is.EqualTo(1 + (3L * 8388608) + 2));
    }

    [Test]
    public void MayGoto_InACallee_HasItsOwnCount()
    {
        const string Text = """
            r6 = 0
            r7 = 0
            main:
            may_goto out
            call f
            r7 += r0
            r6 += 1
            if r6 != 2 goto main
            out:
            r0 = r7
            exit
            f:
            r0 = 0
            loop:
            may_goto end
            r0 += 1
            goto loop
            end:
            exit
            """;
        using var machine = new TestMachine(Text);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
        Assert.That(machine.R0, Is.EqualTo(2ul * 8388608));
    }
}
