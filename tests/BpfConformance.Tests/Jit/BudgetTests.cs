using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Runtime.Execution;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Jit;

/// <summary>Compiled code counts as the reference does, and heeds a budget.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class BudgetTests(Compiler compiler)
{
    private const string Loop = "r0 = 0\nr1 = 10\nloop:\nr0 += r1\nr1 += -1\nif r1 != 0 goto loop\nexit";
    private const string Calls = "r6 = 3\nloop:\ncall f\nr6 += -1\nif r6 != 0 goto loop\nexit\nf:\nr0 = 7\nexit";

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [TestCase("r0 = 0\nexit", 2)]
    [TestCase(Loop, 2 + (3 * 10) + 1)]
    [TestCase(Calls, 1 + (3 * 5) + 1)]
    [TestCase("r6 = 0x123456789 ll\ncall get_smp_processor_id\nr7 = 1 ll\nr0 = 0\nexit", 5)]
    [TestCase("r0 = 0\nmay_goto +0\nexit", 3)]
    [TestCase("r0 = 3\nloop:\nr0 += -1\nif r0 == 0 goto +1\ngoto loop\nexit", 1 + (2 * 3) + 2 + 1)]
    [TestCase("r0 = 3\nif r0 == 3 goto over\njump:\ngoto end\nover:\nif r0 == 3 goto jump\nend:\nexit", 5)]
    public void Executed_HandCountedProgram_IsExactAndWhatABudgetMustAllow(string text, int count)
    {
        using var machine = new CompiledMachine(compiler, text);
        Assert.That((machine.Run(), machine.Executed), Is.EqualTo((RunEnd.Returned, (long)count)));
        Assert.That((machine.Run(count), machine.Executed), Is.EqualTo((RunEnd.Returned, (long)count)), "exactly enough");
        Assert.That(machine.Run(count - 1).Status, Is.EqualTo(RunStatus.OutOfBudget), "one too few");
        Assert.That(machine.Executed, Is.LessThan(count));
        Assert.That((machine.Run(), machine.Executed), Is.EqualTo((RunEnd.Returned, (long)count)), "starts anew");
    }

    [Test]
    public void Executed_FaultInABlockAfterALoop_CountsUpToIt()
    {
        const string Text = "r3 = 4\nloop:\nr3 += -1\nif r3 != 0 goto loop\nr0 = 0\n*(u8 *)(r1 + 64) = 1\nr0 = 1\nexit";
        using var machine = new CompiledMachine(compiler, Text);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsStore, 4)));
        Assert.That(machine.Executed, Is.EqualTo(1 + (4 * 2) + 2));
        Assert.That(machine.Run(13), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsStore, 4)), "enough for all of its block");
        Assert.That(machine.Run(8).Status, Is.EqualTo(RunStatus.OutOfBudget), "one too few for the loop");
    }

    [TestCase(1, -1)]
    [TestCase(2, 1)]
    [TestCase(3, 1, Description = "the rest of the block could not be paid")]
    public void Budget_ThatReachesAFault_DoesNotHideIt(long budget, int faultPc)
    {
        using var machine = new CompiledMachine(compiler, "r0 = 0\nr0 = *(u64 *)(r1 + 100)\nr0 = 0\nr0 = 0\nexit");
        RunEnd end = machine.Run(budget);
        if (faultPc < 0) Assert.That(end.Status, Is.EqualTo(RunStatus.OutOfBudget));
        else Assert.That(end, Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, faultPc)));
        Assert.That(machine.Executed, Is.EqualTo(Math.Min(budget, 2)));
    }

    [TestCase(9, false)]
    [TestCase(10, true)]
    [TestCase(11, true)]
    [TestCase(12, true, Description = "the rest of the block could not be paid")]
    public void Budget_ThatReachesAFaultInALoop_DoesNotHideIt(long budget, bool faults)
    {
        using var machine = new CompiledMachine(compiler, "r0 = 0\nloop:\n*(u64 *)(r1 + 0) = 1\nr1 += 40\nr0 += 1\ngoto loop");
        Assert.That(machine.Run(budget), Is.EqualTo(faults ? RunEnd.Faulted(FaultKind.OutOfBoundsStore, 1) : RunEnd.OutOfBudget(1)));
        Assert.That(machine.Executed, Is.EqualTo(Math.Min(budget, 10)));
    }

    [Test]
    public void Budget_UsedUpWithoutALoop_IsSeenWhereItEndsOnly()
    {
        using var machine = new CompiledMachine(compiler, "r0 = 0\nr0 = 1\nexit");
        Assert.That((machine.Run(2), machine.Executed), Is.EqualTo((RunEnd.OutOfBudget(-1), 2L)));
    }

    [Test]
    public void Budget_UsedUpInALoop_NamesIt()
    {
        using var machine = new CompiledMachine(compiler, "r0 = 0\nr1 = 0\nloop:\nr0 += 1\ngoto loop");
        Assert.That(machine.Run(1000), Is.EqualTo(RunEnd.OutOfBudget(2)));
        Assert.That(machine.Executed, Is.EqualTo(1000));
    }

    [Test]
    public void Budget_PacketLoadOutsideInACallee_IsNotChargedWhatItSkips()
    {
        string skipped = string.Concat(Enumerable.Repeat("r0 += 1\n", 5000));
        string text = $"r9 = r1\nr8 = 300\nloop:\nr1 = r9\ncall f\nr8 += -1\nif r8 != 0 goto loop\nr0 = 1\nexit\nf:\nr6 = r1\nr0 = *(u32 *)skb[1000]\n{skipped}exit";
        using var machine = new CompiledMachine(compiler, text, type: ProgramType.SocketFilter);
        Assert.That((machine.Run(100_000), machine.R0), Is.EqualTo((RunEnd.Returned, 1ul)));
        Assert.That(machine.Executed, Is.EqualTo(2 + (300 * 6) + 2));
    }

    [TestCase("r0 = 0\nloop:\nr0 += 1\ngoto loop")]
    [TestCase("loop:\ncall f\ngoto loop\nf:\nr0 = 0\nexit")]
    [TestCase("r0 = 0\nloop:\nif r0 == 1 goto +1\ngoto loop\nexit")]
    public void Budget_EndlessProgram_EndsIt(string text)
    {
        using var machine = new CompiledMachine(compiler, text);
        Assert.That(machine.Run(1_000_001).Status, Is.EqualTo(RunStatus.OutOfBudget));
        Assert.That(machine.Executed, Is.GreaterThan(900_000).And.LessThanOrEqualTo(1_000_001));
    }

    [Test]
    public void Budget_CallsWithoutALoop_EndsThem()
    {
        // 60 calls in each of seven functions: more than a trillion instructions without a jump back.
        string body = string.Concat(Enumerable.Repeat("call f{0}\n", 60)) + "exit\n";
        string text = string.Concat(Enumerable.Range(1, 7).Select(n => string.Concat($"f{n - 1}:\n", body.Replace("{0}", $"{n}", StringComparison.Ordinal)))) + "f7:\nr0 = 0\nexit";
        using var machine = new CompiledMachine(compiler, text);
        Assert.That(machine.Run(100_000).Status, Is.EqualTo(RunStatus.OutOfBudget));
    }

    [Test]
    public void Executed_NotMetered_IsNotKnown()
    {
        using var machine = new CompiledMachine(compiler, Loop, JitOptions.Trusted);
        Assert.That((machine.Run(1), machine.R0, machine.Executed), Is.EqualTo((RunEnd.Returned, 55ul, -1L)));
    }

    [Property(MaxTest = 60, Arbitrary = [typeof(StructuredPrograms)])]
    public void Executed_StructuredProgram_IsTheReferences(StructuredProgram program)
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        byte[] data = [.. Enumerable.Range(1, 64).Select(value => (byte)(value * 37))];
        using var reference = new TestMachine(program.Slots);
        using var machine = new CompiledMachine(compiler, program.Slots);
        RunEnd end = reference.Run(data, StructuredPrograms.Budget);
        Assert.That(machine.Run(data, StructuredPrograms.Budget), Is.EqualTo(end));
        Assert.That((machine.R0, machine.Executed), Is.EqualTo((reference.R0, reference.Executed)));
        Assert.That(machine.Program.Memory.Data.ToArray(), Is.EqualTo(reference.Data));
        Assert.That(machine.Run(data, reference.Executed), Is.EqualTo(end), "exactly enough");
        Assert.That(machine.Run(data, reference.Executed - 1).Status, Is.EqualTo(RunStatus.OutOfBudget), "one too few");
    }
}
