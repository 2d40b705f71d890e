using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Jit;
using BpfConformance.Jit.Il;
using BpfConformance.Loading.Assembly;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.Il;

/// <summary>Large programs, and programs made to take long.</summary>
[TestFixture]
internal sealed class SizeTests
{
    private static readonly Compiler s_il = Engine.Compilers.Single(compiler => compiler.Name == "il");

    [SetUp]
    public void NeedTheCompiler()
    {
        if (IlProgram.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void Load_SixteenTimesTheInstructions_TakesNoMoreThanSomeTimesThat()
    {
        double small = Milliseconds(Straight(4096));
        double large = Milliseconds(Straight(65536));
        TestContext.Out.WriteLine($"4,096: {small:F1} ms, 65,536: {large:F1} ms");
        // Quadratic would be 256 times. From some size on RyuJIT does not optimize, whose work per instruction is another one.
        Assert.That(large / small, Is.LessThan(16 * 6));
    }

    [TestCase(4096)]
    [TestCase(65536)]
    public void Run_LargeProgram_EndsAsOnTheReference(int instructions)
    {
        ImmutableArray<Instruction> program = Straight(instructions);
        byte[] data = [.. Enumerable.Range(0, 64).Select(n => (byte)(n * 7))];
        using var reference = new TestMachine(program);
        using var machine = new CompiledMachine(s_il, program);
        Assert.That(machine.Run(data), Is.EqualTo(reference.Run(data)));
        Assert.That((machine.R0, machine.Executed), Is.EqualTo((reference.R0, reference.Executed)));
        Assert.That(machine.Program.Memory.Data.ToArray(), Is.EqualTo(reference.Data));
    }

    [Test]
    public void Load_FunctionsThatShareCode_CompilesACopyForEach()
    {
        // g begins in the middle of f, and the program ends in it.
        const string Text = "r1 = 1\ncall f\nr6 = r0\ncall g\nr0 += r6\ngoto end\nf:\nr0 = 10\ng:\nr0 += r1\nend:\nr0 += 100\nexit";
        ImmutableArray<Instruction> program = Assembler.Assemble(Text).Instructions;
        using var machine = new CompiledMachine(s_il, program);
        using var reference = new TestMachine(program);
        Assert.That(machine.Run().Status, Is.EqualTo(reference.Run().Status));
        Assert.That(machine.Executed, Is.EqualTo(reference.Executed));
    }

    [Test]
    public void Load_ProgramThatCallsItself_IsAFunctionToo()
    {
        using var machine = new CompiledMachine(s_il, "start:\nr0 = 1\nif r1 == 0 goto end\nr1 = 0\ncall start\nr0 += 10\nend:\nexit");
        Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 11ul)));
    }

    [Test]
    public void Load_EachSlotAFunctionOfAllThatFollow_IsRefusedInTime()
    {
        // Function n is everything from slot n on: compiled apart, half a billion instructions.
        const int Functions = 16384;
        var slots = new List<Instruction>();
        for (int n = 0; n < Functions; n++) slots.Add(new Instruction(0x85, Register.R0, Register.R1, 0, Functions - 1));
        for (int n = 0; n < Functions; n++) slots.Add(new Instruction(0xb7, Register.R0, Register.R0, 0, n));
        slots.Add(new Instruction(0x95, Register.R0, Register.R0, 0, 0));
        long start = Stopwatch.GetTimestamp();

        using IlProgram? program = IlProgram.TryLoad(
            new BpfProgram([.. slots]), [], 64, JitOptions.Checked, out ValidationError? error);

        Assert.That(program, Is.Null);
        Assert.That((error?.Reason, error?.Message), Is.EqualTo((ReasonClass.NotImplemented, "the functions share too much code")));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    private static double Milliseconds(ImmutableArray<Instruction> program)
    {
        double best = double.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long start = Stopwatch.GetTimestamp();
            using var machine = new CompiledMachine(s_il, program);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return best;
    }

    /// <summary>Arithmetic with a load or a store now and then, and a branch.</summary>
    private static ImmutableArray<Instruction> Straight(int count)
    {
        const string Head = "r6 = r1\nr7 = 1\nr8 = 2";
        string[] body = ["r7 += r8", "r8 *= 31", "w7 ^= w8", "r8 = *(u64 *)(r6 + 8)", "r7 >>= 3", "*(u32 *)(r6 + 20) = r7", "if r7 > r8 goto +1", "r8 -= r7"];
        string text = Head + string.Concat(Enumerable.Range(0, (count - 5) / body.Length).SelectMany(_ => body).Select(line => $"\n{line}"));
        return Assembler.Assemble($"{text}\nr0 = r7\nexit").Instructions;
    }
}
