using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Interpreter;

/// <summary>Instructions are counted exactly, and a budget of n allows n.</summary>
[TestFixture]
public sealed class BudgetTests
{
    private static readonly HandlerTable[] s_tables = [HandlerTable.Checked, HandlerTable.Sanitized];

    private const string Loop = """
        r0 = 0
        r1 = 10
        loop:
        r0 += r1
        r1 += -1
        if r1 != 0 goto loop
        exit
        """;

    private const string Calls = """
        r6 = 3
        loop:
        call f
        r6 += -1
        if r6 != 0 goto loop
        exit
        f:
        r0 = 7
        exit
        """;

    private const string Diamond = """
        r0 = 0
        if r2 == 64 goto same
        r0 = 1
        goto end
        same:
        r0 = 2
        end:
        r0 += 1
        exit
        """;

    private const string JumpIntoABlock = """
        r0 = 0
        goto middle
        begin:
        r0 += 1
        middle:
        r0 += 2
        if r0 == 2 goto begin
        exit
        """;

    private const string WideAndHelper = """
        r6 = 0x123456789 ll
        call get_smp_processor_id
        r7 = 1 ll
        r0 = 0
        exit
        """;

    [TestCase("r0 = 0\nexit", 2)]
    [TestCase(Loop, 2 + (3 * 10) + 1)]
    [TestCase(Calls, 1 + (3 * 5) + 1)]
    [TestCase(Diamond, 5)]
    [TestCase(JumpIntoABlock, 2 + 2 + 3 + 1)]
    [TestCase(WideAndHelper, 5)]
    [TestCase("r0 = 0\nmay_goto +0\nexit", 3)]
    [TestCase("r0 = 0\ngotol +0\nexit", 3)]
    public void Executed_HandCountedProgram_IsExactAndWhatABudgetMustAllow(string text, int count)
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(text, table);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
            Assert.That(machine.Executed, Is.EqualTo(count));

            Assert.That(machine.Run(new byte[64], count), Is.EqualTo(RunEnd.Returned), "exactly enough");
            Assert.That(machine.Executed, Is.EqualTo(count));

            Assert.That(machine.Run(new byte[64], count - 1).Status, Is.EqualTo(RunStatus.OutOfBudget), "one too few");
            Assert.That(machine.Executed, Is.LessThan(count));
        }
    }

    [Test]
    public void Executed_FaultInTheMiddleOfABlock_CountsUpToIt()
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine("r0 = 0\nr2 = 1\nr0 = *(u8 *)(r1 + 64)\nr0 = 1\nr0 = 2\nr0 = 3\nexit", table);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 2)));
            Assert.That(machine.Executed, Is.EqualTo(3));
        }
    }

    [Test]
    public void Executed_FaultAfterALoop_CountsTheLoopToo()
    {
        const string Text = """
            r3 = 4
            loop:
            r3 += -1
            if r3 != 0 goto loop
            r0 = 0
            *(u8 *)(r1 + 64) = 1
            r0 = 1
            exit
            """;
        using var machine = new TestMachine(Text);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsStore, 4)));
        Assert.That(machine.Executed, Is.EqualTo(1 + (4 * 2) + 2));
    }

    [TestCase(0, 0)]
    [TestCase(4, 4, Description = "the first block is five long")]
    [TestCase(5, 2)]
    [TestCase(7, 4)]
    [TestCase(8, 2)]
    [TestCase(31, 4)]
    [TestCase(32, 5, Description = "the loop is done, exit cannot be paid")]
    public void Budget_TooSmall_EndsBeforeTheInstructionThatCannotBePaid(long budget, int pc)
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(Loop, table);
            Assert.That(machine.Run(new byte[64], budget), Is.EqualTo(RunEnd.OutOfBudget(pc)));
            Assert.That(machine.Executed, Is.EqualTo(budget));
        }
    }

    [TestCase(1, -1, Description = "the load is not reached")]
    [TestCase(2, 1)]
    [TestCase(3, 1, Description = "the rest of the block could not be paid")]
    public void Budget_ThatReachesAFault_DoesNotHideIt(long budget, int faultPc)
    {
        using var machine = new TestMachine("r0 = 0\nr0 = *(u64 *)(r1 + 100)\nr0 = 0\nr0 = 0\nexit");
        RunEnd expected = faultPc < 0 ? RunEnd.OutOfBudget(1) : RunEnd.Faulted(FaultKind.OutOfBoundsLoad, faultPc);
        Assert.That(machine.Run(new byte[64], budget), Is.EqualTo(expected));
        Assert.That(machine.Executed, Is.EqualTo(Math.Min(budget, 2)));
    }

    [Test]
    public void Budget_EndlessLoop_IsUsedUp()
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine("r0 = 0\nloop:\nr0 += 1\ngoto loop", table);
            Assert.That(machine.Run(new byte[64], 1_000_001), Is.EqualTo(RunEnd.OutOfBudget(1)));
            Assert.That((machine.Executed, machine.R0), Is.EqualTo((1_000_001L, 500_000ul)));
        }
    }

    [Test]
    public void Budget_EndsAtACallAndAtAReturn_NamesTheFirstSlotNotExecuted()
    {
        const string Text = "r0 = 0\ncall f\nr0 = 1\nexit\nf:\nr0 = 2\nexit";
        using var machine = new TestMachine(Text);
        Assert.That(
            machine.Run(new byte[64], 2),
            Is.EqualTo(RunEnd.OutOfBudget(4)), "the call is paid, the function is not");
        Assert.That(machine.Executed, Is.EqualTo(2));
        Assert.That(
            machine.Run(new byte[64], 4),
            Is.EqualTo(RunEnd.OutOfBudget(2)), "the function is paid, what follows is not");
        Assert.That((machine.Executed, machine.R0), Is.EqualTo((4L, 2ul)));
    }

    [Test]
    public void Run_AfterOneThatRanOut_StartsAnew()
    {
        using var machine = new TestMachine(Loop);
        machine.Run(new byte[64], 5);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
        Assert.That((machine.R0, machine.Executed), Is.EqualTo((55ul, 33L)));
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(StructuredPrograms)])]
    public void Executed_StructuredProgram_IsTheNumberOfTracedSteps(
        StructuredProgram program, FsCheck.PositiveInt smallBudget)
    {
        byte[] data = [.. Enumerable.Range(1, 64).Select(value => (byte)(value * 37))];
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(program.Slots, table);
            RunEnd end = machine.Run(data, StructuredPrograms.Budget);
            long executed = machine.Executed;
            Assert.That(machine.Trace(data, StructuredPrograms.Budget), Has.Count.EqualTo(executed), "all of it");
            Assert.That(machine.End, Is.EqualTo(end));
            Assert.That(end.Status, Is.EqualTo(RunStatus.Returned), "structured programs end");

            Assert.That(machine.Run(data, executed), Is.EqualTo(end), "exactly enough");
            Assert.That(machine.Run(data, executed - 1).Status, Is.EqualTo(RunStatus.OutOfBudget), "one too few");

            RunEnd cut = machine.Run(data, smallBudget.Get);
            long executedOfCut = machine.Executed;
            Assert.That(executedOfCut, Is.LessThanOrEqualTo(smallBudget.Get));
            Assert.That(machine.Trace(data, smallBudget.Get), Has.Count.EqualTo(executedOfCut), "cut short");
            Assert.That(machine.End, Is.EqualTo(cut));
        }
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(StructuredPrograms)])]
    public void Sanitized_StructuredProgram_ComputesWhatCheckedDoes(StructuredProgram program)
    {
        byte[] data = [.. Enumerable.Range(1, 64).Select(value => (byte)(value * 11))];
        using var check = new TestMachine(program.Slots, HandlerTable.Checked);
        using var sanitized = new TestMachine(program.Slots, HandlerTable.Sanitized);
        Assert.That(
            sanitized.Run(data, StructuredPrograms.Budget),
            Is.EqualTo(check.Run(data, StructuredPrograms.Budget)));
        Assert.That(sanitized.R0, Is.EqualTo(check.R0));
        Assert.That(sanitized.Executed, Is.EqualTo(check.Executed));
        Assert.That(sanitized.Data, Is.EqualTo(check.Data));
    }
}
