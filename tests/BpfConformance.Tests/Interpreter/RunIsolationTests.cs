using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>Runs neither allocate nor see each other, and a program gives back what it took.</summary>
[TestFixture]
public sealed unsafe class RunIsolationTests
{
    private static readonly HandlerTable[] s_tables = [HandlerTable.Checked, HandlerTable.Sanitized];

    [TestCase("r0 = *(u64 *)(r1 + 0)\nr2 = 3\nlock *(u64 *)(r1 + 8) += r2\n*(u64 *)(r10 - 8) = r0\ncall f\nexit\nf:\ncall ktime_get_ns\nexit")]
    [TestCase("r0 = *(u8 *)(r1 + 64)\nexit", Description = "a fault")]
    [TestCase("r0 = 0\nl:\ngoto l", Description = "out of budget")]
    public void Run_AThousandTimes_AllocatesNothing(string text)
    {
        byte[] data = new byte[64];
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(text, table);
            InterpretedProgram program = machine.Program;
            for (int run = 0; run < 10; run++) program.Run(data, 1000);

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int run = 0; run < 1000; run++) program.Run(data, 1000);
            long after = GC.GetAllocatedBytesForCurrentThread();
            Assert.That(after - before, Is.Zero);
        }
    }

    [Test]
    public void Run_OnTheSameMachine_FindsMemoryAsGiven()
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine("r0 = *(u64 *)(r1 + 0)\nr0 += 1\n*(u64 *)(r1 + 0) = r0\nexit", table);
            byte[] data = new byte[64];
            for (int run = 0; run < 3; run++)
            {
                machine.Run(data);
                Assert.That(machine.R0, Is.EqualTo(1));
            }

            Assert.That(data, Is.EqualTo(new byte[64]), "the caller's bytes are not touched");
        }
    }

    [Test]
    public void Run_WithLessDataThanBefore_SeesOnlyItsOwn()
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine("r0 = *(u8 *)(r1 + 7)\nexit", table);
            Assert.That(machine.Run([1, 2, 3, 4, 5, 6, 7, 8]), Is.EqualTo(RunEnd.Returned));
            Assert.That(machine.Run([1, 2, 3, 4, 5, 6, 7]), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 0)));
            Assert.That(machine.Data, Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6, 7 }));
        }
    }

    [TestCase("r0 = *(u64 *)(r10 - 8)\nr2 = 5\n*(u64 *)(r10 - 8) = r2\nexit")]
    [TestCase("r0 = *(u64 *)(r10 - 512)\nr2 = 5\n*(u64 *)(r10 - 512) = r2\nexit")]
    [TestCase("call f\nexit\nf:\nr0 = *(u64 *)(r10 - 8)\nr2 = 5\n*(u64 *)(r10 - 8) = r2\nexit", Description = "a callee's")]
    public void Run_OnTheCheckedMachine_FindsAStackOfZeros(string text)
    {
        using var machine = new TestMachine(text);
        machine.Run();
        machine.Run();
        Assert.That(machine.R0, Is.Zero, "what the first run left there must not decide what the second returns");
    }

    [Test]
    public void Run_OnTheSameMachine_FindsRegistersByTheConvention()
    {
        using var machine = new TestMachine("r0 = r6\nr0 |= r7\nr0 |= r8\nr0 |= r9\nr0 |= r3\nr0 |= r4\nr0 |= r5\nr6 = -1\nr3 = -1\nexit");
        machine.Run();
        machine.Run();
        Assert.That(machine.R0, Is.Zero);
    }

    [Test]
    public void Run_AtTheStart_HasMemoryInR1AndItsLengthInR2()
    {
        using var machine = new TestMachine("r0 = r2\nr3 = r1\nexit");
        machine.Run(new byte[48]);
        Assert.That((machine.R0, machine.Register(1)), Is.EqualTo((48ul, 0x1_0000_0000ul)));
        machine.Run([]);
        Assert.That((machine.R0, machine.Register(1)), Is.EqualTo((0ul, 0ul)), "no memory: both are zero");
    }

    [Test]
    public void Run_DataOverTheCapacity_IsRefused()
    {
        using var machine = new TestMachine("r0 = 0\nexit", dataBytes: 8);
        Assert.That(() => machine.Run(new byte[9]), Throws.ArgumentException);
    }

    [Test]
    public void Dispose_Twice_IsAllowedAndEndsTheProgram()
    {
        var machine = new TestMachine("r0 = 0\nexit");
        machine.Dispose();
        Assert.That(machine.Dispose, Throws.Nothing);
        Assert.That(() => machine.Run(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void LoadAndDispose_ManyTimes_GivesTheMemoryBack()
    {
        // 2,000 machines with 1 MiB each are 5 GiB, were they kept.
        long before = Environment.WorkingSet;
        for (int n = 0; n < 2_000; n++)
        {
            using var machine = new TestMachine("r0 = 0\nexit", dataBytes: 1 << 20);
            machine.Run(new byte[64]);
        }

        Assert.That(Environment.WorkingSet - before, Is.LessThan(512L << 20));
    }

    [Test]
    public void With_AnotherHandler_ChangesTheCopyAlone()
    {
        InstructionDef row = InstructionTable.Named("add64-imm");
        HandlerTable copy = HandlerTable.Checked.With(row, AddsOneMore);
        using var original = new TestMachine("r0 = 1\nr0 += 1\nexit");
        using var changed = new TestMachine("r0 = 1\nr0 += 1\nexit", copy);
        original.Run();
        changed.Run();
        Assert.That((original.R0, changed.R0), Is.EqualTo((2ul, 3ul)));
    }

    [Test]
    public void With_AHandlerThatNeedsAnObject_IsRefused()
    {
        ulong captured = 1;
        Handler closure = (s, m) =>
        {
            m->Registers[0] += captured;
            return s + 1;
        };
        Assert.That(
            () => HandlerTable.Checked.With(InstructionTable.Named("neg64"), closure),
            Throws.ArgumentException);
    }

    private static Slot* AddsOneMore(Slot* s, Machine* m)
    {
        m->Registers[s->Dst] += (ulong)s->Immediate + 1;
        return s + 1;
    }
}
