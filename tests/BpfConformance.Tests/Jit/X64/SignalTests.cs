using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Runtime.Execution;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>The handler of signals beside the runtime's own, from several threads and while memory is collected.</summary>
[TestFixture]
internal sealed unsafe class SignalTests
{
    private const int SegmentationFault = 11;
    private const int ArithmeticTrap = 8;
    private const int IllegalInstruction = 4;

    private static readonly Compiler s_x64 = Engine.Compilers.Single(compiler => compiler.Name == "x64");

    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [TestCase(new byte[] { 0xc3 }, 0, -1, Description = "ret")]
    [TestCase(new byte[] { 0x0f, 0x0b }, IllegalInstruction, 0, Description = "ud2")]
    [TestCase(new byte[] { 0x90, 0x06 }, IllegalInstruction, 1, Description = "nop; no instruction of 64-bit mode")]
    [TestCase(new byte[] { 0x31, 0xc9, 0xf7, 0xf1 }, ArithmeticTrap, 2, Description = "xor ecx, ecx; div ecx")]
    [TestCase(new byte[] { 0xf4 }, SegmentationFault, 0, Description = "hlt")]
    [TestCase(new byte[] { 0x31, 0xc9, 0x48, 0x8b, 0x01 }, SegmentationFault, 2, Description = "xor ecx, ecx; mov rax, [rcx]")]
    [TestCase(new byte[] { 0x50, 0x50, 0x50, 0x0f, 0x0b }, IllegalInstruction, 3, Description = "ud2 with three words on the stack")]
    public void Code_ThatCausesASignal_IsLeftAndSaysWhere(byte[] bytes, int signal, long offset)
    {
        using var code = new RawCode(bytes);
        for (int n = 0; n < 3; n++) Assert.That(code.Run(), Is.EqualTo((signal, offset)));
        AssertManagedExceptions();
    }

    [Test]
    public void Faults_TwentyThousandOnFourThreadsWhileMemoryIsCollected_AllEndTheirRunsOnly()
    {
        using var stop = new CancellationTokenSource();
        var collector = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                Thread.Sleep(millisecondsTimeout: 1); // the others are to get on
            }
        });
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => FaultAndGoOn(rounds: 1250));
        stop.Cancel();
        collector.Wait();
        AssertManagedExceptions();
    }

    /// <summary>Without it the signal would be ignored, and so would one on a stack that has no room left.</summary>
    [Test]
    public void Stop_HasAHandlerOnAStackOfItsOwn()
    {
        const int FlagsAt = 136; // struct sigaction of the C library: the handler, 1024 bits of mask, the flags
        const int OnOtherStack = 0x08000000;
        Span<byte> action = stackalloc byte[152];
        fixed (byte* at = action) Assert.That(sigaction(FaultSignals.Stop, null, at), Is.Zero);

        fixed (byte* code = SharedCodeBytes()) Assert.That(BitConverter.ToUInt64(action), Is.InRange((ulong)code, (ulong)code + SharedCode.OwnBytes));
        Assert.That(BitConverter.ToInt32(action[FlagsAt..]) & OnOtherStack, Is.Not.Zero);
    }

    [Test]
    public void Stop_OutsideOfEmittedCode_DoesNothing()
    {
        for (int n = 0; n < 100; n++) Assert.That(raise(FaultSignals.Stop), Is.Zero);
        using var machine = new CompiledMachine(s_x64, "r0 = 5\nexit", JitOptions.Trusted);
        Assert.That((machine.Run([]), machine.R0), Is.EqualTo((RunEnd.Returned, 5ul)));
    }

    [Test]
    public void Watchdog_OneThreadWithoutEnd_EndsNoRunOfAnother()
    {
        using var stop = new CancellationTokenSource();
        long innocent = 0;
        var other = Task.Run(() =>
        {
            using var machine = new CompiledMachine(s_x64, "r0 = 1000\nloop:\nr0 += -1\nif r0 != 0 goto loop\nexit", JitOptions.Trusted);
            while (!stop.IsCancellationRequested)
            {
                Assert.That(machine.Run([]), Is.EqualTo(RunEnd.Returned));
                innocent++;
            }
        });

        using var endless = new CompiledMachine(s_x64, "r0 = 0\nloop:\nr0 += 1\ngoto loop", JitOptions.Trusted);
        using var brief = new CompiledMachine(s_x64, "r0 = 5\nexit", JitOptions.Trusted);
        ((X64Program)endless.Program).TimeLimit = TimeSpan.FromMilliseconds(5);
        for (int round = 0; round < 20; round++)
        {
            Assert.That(endless.Run([]).Status, Is.EqualTo(RunStatus.OutOfBudget));
            // A signal that came late would end one of these.
            for (int n = 0; n < 500; n++) Assert.That(brief.Run([]), Is.EqualTo(RunEnd.Returned));
        }

        stop.Cancel();
        other.Wait();
        Assert.That(innocent, Is.GreaterThan(1000));
    }

    private static void FaultAndGoOn(int rounds)
    {
        using var load = new CompiledMachine(s_x64, "r2 = r1\nr2 += 100000\nr0 = *(u64 *)(r2 + 0)\nexit", JitOptions.Trusted);
        using var store = new CompiledMachine(s_x64, "r0 = 0\ncall f\nexit\nf:\n*(u64 *)(r10 - 32768) = 1\nexit", JitOptions.Trusted);
        using var divide = new RawCode(0x31, 0xc9, 0xf7, 0xf1);
        using var illegal = new RawCode(0x0f, 0x0b);
        for (int round = 0; round < rounds; round++)
        {
            RunEnd[] ends = [load.Run([]), store.Run([])];
            bool isRight = ends[0] == RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 2) && ends[1] == RunEnd.Faulted(FaultKind.OutOfBoundsStore, 3)
                && divide.Run() == (ArithmeticTrap, 2) && illegal.Run() == (IllegalInstruction, 0);
            if (!isRight) Assert.Fail($"round {round}: {ends[0]}, {ends[1]}");
            if (round % 10 == 0) AssertManagedExceptions();
        }
    }

    private static void AssertManagedExceptions()
    {
        int zero = int.Parse("0");
        Assert.That(() => LengthOf(null!), Throws.TypeOf<NullReferenceException>());
        Assert.That(() => 1 / zero, Throws.TypeOf<DivideByZeroException>());
        Assert.That(() => int.MinValue / (zero - 1), Throws.InstanceOf<ArithmeticException>());
        Assert.That(() => checked(int.MaxValue - zero + LengthOf("1")), Throws.TypeOf<OverflowException>());
    }

    private static ReadOnlySpan<byte> SharedCodeBytes() => new(SharedCode.Instance.ProgramsStart - SharedCode.OwnBytes, SharedCode.OwnBytes);

    [DllImport("libc")]
    private static extern int raise(int signal);

    [DllImport("libc")]
    private static extern int sigaction(int signal, byte* action, byte* previous);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LengthOf(string text) => text.Length;
}
