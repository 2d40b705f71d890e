using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Functions that helpers call run as on the reference, and so does what called the helper.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.CompilersOfAllKinds))]
internal sealed unsafe class CallbackTests(Compiler compiler)
{
    private const int Many = 100;

    /// <summary>r2 to r4 for a helper that calls f, with 16 bytes of the stack.</summary>
    private const string Arguments = "r2 = code_addr(f) ll\nr3 = r10\nr3 += -16\nr4 = 0\n";

    private const string Nothing = "f:\nr0 = 0\nexit\n";

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void RandomPrograms_InEveryWayToRun_EndAsOnTheReference()
    {
        int seed = RandomTest.Seed();
        int programs = RandomTest.Programs(compiler.Name == "il" ? 20 : 100);
        var comparison = new EndComparison(compiler, CallbackPrograms.DataBytes, registers: 1) { Shown = [0, 6, 7, 8, 9], Stacks = MachineLimits.CallFrames };
        for (int n = 0; n < programs; n++)
        {
            var random = new Random(unchecked(seed + n));
            var source = new CallbackPrograms(random);
            BpfProgram program = source.Next();
            (comparison.Maps, comparison.Budget) = (source.Maps, 3000);
            byte[] data = new byte[CallbackPrograms.DataBytes];
            random.NextBytes(data);
            int first = random.Next(program.Count);
            string name = $"BPFCONF_SEED={unchecked(seed + n)}";
            comparison.CompareAtBudgets(program, first, data, name, random, budgets: 3);
        }

        TestContext.Out.WriteLine(comparison.ToString());
        if (programs < Many) return; // what few do is chance
        Assert.That(comparison.Returned, Is.GreaterThan(comparison.Programs / 20), comparison.ToString());
        Assert.That(comparison.CalledBack, Is.GreaterThan(comparison.Programs / 6), comparison.ToString());
        Assert.That(comparison.Faulted, Is.GreaterThan(comparison.Programs / 100), comparison.ToString());
        Assert.That(comparison.TailCalls, Is.GreaterThan(comparison.Programs / 50), comparison.ToString());
        Assert.That(comparison.CalledBackInside, Is.GreaterThan(comparison.Programs / 50), comparison.ToString());
    }

    [Test]
    public void Loop_ThatEndsAnywhere_HasExecutedWhatTheReferenceHas()
    {
        string text = $"r6 = 0\nr1 = 3\n{Arguments}call 181\nr6 += r0\nr1 = 2\n{Arguments}call 181\nr0 += r6\nexit\nf:\nr6 = *(u64 *)(r2 + 0)\nr6 += 1\n*(u64 *)(r2 + 0) = r6\nr0 = 0\nif r1 != 1 goto +1\ncall g\nexit\ng:\nr0 = 0\nexit\n";
        var comparison = new EndComparison(compiler, dataBytes: 0, registers: 1) { Stacks = MachineLimits.CallFrames };
        for (comparison.Budget = 1; comparison.Returned == 0; comparison.Budget++) comparison.Compare([.. Assembler.Assemble(text).Instructions], [], "loop");
        Assert.That(comparison.Budget, Is.GreaterThan(40));
    }

    [TestCase(7, RunStatus.Returned)]
    [TestCase(8, RunStatus.Faulted, Description = "there is no frame for the function")]
    public void Function_ThatCallsItselfByLoop_HasEightFrames(int frames, RunStatus expected)
    {
        string text = $"r6 = {frames}\n*(u64 *)(r10 - 16) = {frames}\nr1 = 1\n{Arguments}call 181\nexit\nf:\nr6 = r2\nr1 = *(u64 *)(r6 + 0)\nr1 += -1\n*(u64 *)(r6 + 0) = r1\nr0 = 0\nif r1 == 0 goto over\nr1 = 1\nr2 = code_addr(f) ll\nr3 = r6\nr4 = 0\ncall 181\nr0 = 0\nover:\nexit\n";
        using IMachineProgram program = Load([text]);
        Machine* m = Run(program);
        FaultKind fault = expected == RunStatus.Returned ? FaultKind.None : FaultKind.TooManyFrames;
        Assert.That((m->Status, m->Fault), Is.EqualTo((expected, fault)));
    }

    [Test]
    public void Registers_OfTheCaller_AreAsBefore()
    {
        string text = $"r6 = 1\nr7 = 2\nr8 = 3\nr9 = 4\nr1 = 5\n{Arguments}call 181\nr0 += r6\nr0 += r7\nr0 += r8\nr0 += r9\nexit\nf:\nr6 = 100\nr7 = 100\nr8 = 100\nr9 = 100\nr0 = 0\nexit\n";
        foreach (JitOptions options in (JitOptions[])[JitOptions.Checked, JitOptions.Trusted])
        {
            using IMachineProgram program = Load([text], options);
            Assert.That(Run(program)->Registers[0], Is.EqualTo(5 + 1 + 2 + 3 + 4), $"{options}");
        }
    }

    [TestCase(0x2000_000d_0000_0000ul, RunStatus.Returned, Description = "where it begins")]
    [TestCase(0x2000_000c_0000_0000ul, RunStatus.Faulted, Description = "the instruction before")]
    [TestCase(0x2000_0008_0000_0000ul, RunStatus.Faulted, Description = "the other program itself")]
    [TestCase(0x2000_000d_0000_0001ul, RunStatus.Faulted)]
    [TestCase(0x2fff_ffff_0000_0000ul, RunStatus.Faulted)]
    public void Function_OfAnotherProgram_IsCalledByItsNumber(ulong number, RunStatus expected)
    {
        string main = $"r2 = {number} ll\nr1 = 3\nr3 = 0\nr4 = 0\ncall 181\nr0 += 1\nexit\n";
        string other = "if r1 == 0 goto g\nr2 = code_addr(f) ll\ng:\nr0 = 7\nexit\nf:\nr0 = 1\nexit\n";
        using IMachineProgram program = Load([main, other]);
        Machine* m = Run(program);
        FaultKind fault = expected == RunStatus.Returned ? FaultKind.None : FaultKind.InvalidPointer;
        Assert.That((m->Status, m->Fault), Is.EqualTo((expected, fault)));
    }

    [Test]
    public void Callx_OfTheNumber_CallsNothingBack()
    {
        using IMachineProgram program = Load([$"r1 = 3\nr5 = 181\n{Arguments}callx r5\nexit\n{Nothing}"]);
        Machine* m = Run(program);
        Assert.That((m->Status, m->Fault, m->FaultPc), Is.EqualTo((RunStatus.Faulted, FaultKind.UnknownHelper, 7)));
    }

    [Test]
    public void Loop_ThatIsStopped_LeavesTheHost()
    {
        string text = $"r1 = 8388608\n{Arguments}call 181\nexit\nf:\nr0 = 0\nr0 /= 1\nexit\n";
        using IMachineProgram program = Load([text]);
        foreach (long budget in (long[])[1000, 1001, 1002, 1003])
        {
            Machine* m = Run(program, budget);
            Assert.That((m->Status, program.Executed(budget)), Is.EqualTo((RunStatus.OutOfBudget, budget)));
        }
    }

    private IMachineProgram Load(IEnumerable<string> texts, JitOptions? options = null)
    {
        BpfProgram row = ProgramRow.Of(ProgramType.SocketFilter, texts.Select(text => Assembler.Assemble(text).Instructions.AsEnumerable()));
        return compiler.WithSeveral(options ?? JitOptions.Checked)(row, [], 16, out _)!; // they are valid
    }

    private static Machine* Run(IMachineProgram program, long budget = CompiledMachine.Budget)
    {
        program.Prepare(new byte[16], budget);
        program.RunPrepared();
        return program.Memory.Machine;
    }
}
