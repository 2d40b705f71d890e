using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>What code without checks does wrong ends its run, and nothing else.</summary>
internal sealed unsafe class FaultTests
{
    private const int DataBytes = 64;

    [SetUp]
    public void Need()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [TestCase("r0 = 0\nr0 = *(u64 *)(r0 + 0)\nexit", FaultKind.OutOfBoundsLoad, 1)]
    [TestCase("r0 = 0\nr1 += 1048576\nr0 = *(u8 *)(r1 + 0)\nexit", FaultKind.OutOfBoundsLoad, 2)]
    [TestCase("r0 = 0\nr1 += -1048576\n*(u32 *)(r1 + 4) = 1\nexit", FaultKind.OutOfBoundsStore, 2)]
    [TestCase("r0 = 1\nr2 = 0x7fffffffffffffff ll\nlock *(u64 *)(r2 + 0) += r0\nexit", FaultKind.OutOfBoundsStore, 3)]
    [TestCase("r0 = 0\ncall f\nexit\nf:\nr2 = 8\n*(u64 *)(r2 + 0) = r2\nr0 = 0\nexit", FaultKind.OutOfBoundsStore, 4)]
    public void TrustedAccess_OutsideAllMemory_IsAFaultWithItsPc(string text, FaultKind fault, int pc)
    {
        using X64Program program = Load(text, JitOptions.Trusted);
        for (int run = 0; run < 100; run++) Assert.That(Run(program), Is.EqualTo(RunEnd.Faulted(fault, pc)));
        AssertManagedExceptionsWork();
    }

    [TestCase("r0 = 0\nagain:\nr0 += 1\ngoto again", false)]
    [TestCase("r0 = 0\nagain:\nr0 += 1\ngoto again", true)]
    [TestCase("r0 = 0\ncall f\nexit\nf:\nr6 = 7\nagain:\ncall g\ngoto again\ng:\nr0 = 1\nexit", false)]
    [TestCase("again:\nr1 = 8388608\nr2 = code_addr(f) ll\nr3 = 0\nr4 = 0\ncall 181\ngoto again\nf:\nr6 = 7\nr0 = 0\nexit", true)]
    public void LoopWithoutEnd_ThatIsNotMetered_EndsAfterTheTimeLimit(string text, bool isChecked)
    {
        using X64Program program = Load(text, JitOptions.Trusted with { IsChecked = isChecked });
        program.TimeLimit = TimeSpan.FromMilliseconds(50);
        for (int run = 0; run < 3; run++) Assert.That(Run(program).Status, Is.EqualTo(RunStatus.OutOfBudget));
        AssertManagedExceptionsWork();
    }

    [Test]
    public void CheckedCode_ThatASignalStops_IsAFaultOfTheCompiler()
    {
        CodeBlock any = CodeArena.Shared.Allocate(1);
        nint toWritable = any.Writable - any.Executable;
        CodeArena.Shared.Free(any);
        using X64Program program = Load("r0 = 0\nexit", JitOptions.Checked);
        fixed (byte* code = program.Code) *(ushort*)(code + toWritable) = 0x0b0f; // ud2

        Assert.That(
            () => Run(program),
            Throws.InvalidOperationException.With.Message.EqualTo("a fault of this compiler: its checks let pc 0 through, and signal 4 stopped it"));
    }

    [Test]
    public void Faults_OnSeveralThreadsWhileMemoryIsCollected_StayTheirOwn()
    {
        int done = 0;
        Task collector = Task.Run(() =>
        {
            while (Volatile.Read(ref done) == 0)
            {
                GC.Collect();
                Thread.Sleep(millisecondsTimeout: 1); // where there is much to collect, the others would not get on
            }
        });
        Task[] runners =
        [
            .. Enumerable.Range(0, 3).Select(n => Task.Run(() =>
            {
                using X64Program faulty = Load("r0 = 0\nr0 = *(u64 *)(r0 + 0)\nexit", JitOptions.Trusted);
                using X64Program right = Load($"r0 = {n}\nexit", JitOptions.Trusted);
                for (int run = 0; run < 4000; run++)
                {
                    Assert.That(Run(faulty), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 1)));
                    Assert.That((Run(right), right.Memory.Machine->Registers[0]), Is.EqualTo((RunEnd.Returned, (ulong)n)));
                }
            })),
        ];
        Task.WaitAll(runners);
        Volatile.Write(ref done, 1);
        collector.Wait();
        AssertManagedExceptionsWork();
    }

    [Test]
    public void TimeLimit_OfALoop_LeavesOtherThreadsAlone()
    {
        using X64Program endless = Load("r0 = 0\nagain:\ngoto again", JitOptions.Trusted);
        endless.TimeLimit = TimeSpan.FromMilliseconds(100);
        Task<RunEnd> stuck = Task.Run(() => Run(endless));
        using X64Program right = Load("r0 = 1\nexit", JitOptions.Trusted);
        int runs = 0;
        for (; !stuck.IsCompleted; runs++) Assert.That(Run(right), Is.EqualTo(RunEnd.Returned));
        Assert.That(stuck.Result.Status, Is.EqualTo(RunStatus.OutOfBudget));
        Assert.That(runs, Is.GreaterThan(100));
    }

    private static X64Program Load(string text, JitOptions options) => X64Program.TryLoad(
        new BpfProgram(Assembler.Assemble(text).Instructions), [], DataBytes, options, out _)!; // the tests' programs are right

    private static RunEnd Run(X64Program program)
    {
        program.Prepare(new byte[DataBytes], budget: 1000);
        program.RunPrepared();
        Machine* m = program.Memory.Machine;
        return new RunEnd(m->Status, m->Fault, m->FaultPc);
    }

    private static void AssertManagedExceptionsWork()
    {
        string? nothing = Environment.GetEnvironmentVariable("BPFCONF_NOTHING");
        int zero = nothing?.Length ?? 0;
        Assert.That(() => nothing!.Length, Throws.TypeOf<NullReferenceException>());
        Assert.That(() => 1 / zero, Throws.TypeOf<DivideByZeroException>());
        Assert.That(() => (int.MinValue + zero) / (zero - 1), Throws.InstanceOf<ArithmeticException>());
    }
}
