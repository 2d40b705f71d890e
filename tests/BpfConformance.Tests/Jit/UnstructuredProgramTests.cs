using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Programs whose functions are no stretches of their own, which a verifier would refuse.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class UnstructuredProgramTests(Compiler compiler)
{
    /// <summary>Two functions that go on in the same code, which the program runs, too.</summary>
    private const string SharedCode = """
        r6 = 1
        r7 = 10
        call f
        r7 += r0
        call g
        r7 += r0
        r0 = r7
        goto end
        f:
        r6 = 100
        goto end
        g:
        r6 = 1000
        end:
        r0 = r6
        exit
        """;

    /// <summary>The program calls itself until r1, which it counts in memory, is six.</summary>
    private const string CallsItself = """
        start:
        r6 = *(u64 *)(r1 + 0)
        r7 = r1
        if r6 == 6 goto end
        r6 += 1
        *(u64 *)(r1 + 0) = r6
        call start
        r6 += r0
        end:
        r0 = r6
        exit
        """;

    /// <summary>A function that calls the program, which then does something else.</summary>
    private const string IsCalledByAnother = """
        start:
        r6 = *(u64 *)(r1 + 0)
        r6 += 1
        *(u64 *)(r1 + 0) = r6
        if r6 == 3 goto end
        call f
        r6 *= 10
        r6 += r0
        end:
        r0 = r6
        exit
        f:
        r6 = 77
        *(u64 *)(r10 - 8) = 5
        call start
        r2 = *(u64 *)(r10 - 8)
        r0 += r2
        r6 -= 77
        r0 += r6
        exit
        """;

    private static readonly JitOptions[] s_options =
        [.. from n in Enumerable.Range(0, 8) select new JitOptions((n & 1) != 0, (n & 2) != 0, (n & 4) != 0)];

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    // end: f gives 100, g 1000; the program's own r6 is kept.
    [TestCase(SharedCode, 1ul)]
    // 6, and 6 + 5 + … of the callers: 6 + 6 + 5 + 4 + 3 + 2 + 1.
    [TestCase(CallsItself, 27ul)]
    // The third gives 3, f 8, the second 28, f 33, the first 43.
    [TestCase(IsCalledByAnother, 43ul)]
    public void Program_WithoutFunctionsOfItsOwn_ReturnsWhatItShould(string text, ulong expected)
    {
        using var reference = new TestMachine(text);
        Assert.That((reference.Run(), reference.R0), Is.EqualTo((RunEnd.Returned, expected)), "by the reference");
        foreach (JitOptions options in s_options)
        {
            using var machine = new CompiledMachine(compiler, text, options);
            for (int n = 0; n < 2; n++) Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, expected)), $"{options}");
            Assert.That(machine.Executed, Is.EqualTo(options.IsMetered ? reference.Executed : -1), $"{options}");
            for (int r = 6; r < 10 && options.ShowsRegisters; r++)
            {
                if (r != 7 || text != CallsItself) Assert.That(machine.Register(r), Is.EqualTo(reference.Register(r)), $"r{r}");
            }
        }
    }

    [TestCase("r1 = 1\ncall f\nr1 = r0\ngoto f\nf:\nr0 = r1\nr0 += 1\nexit", 3ul, Description = "a jump to the next slot, where a function begins")]
    [TestCase("r1 = 1\ncall f\nr1 = r0\ngotol f\nf:\nr0 = r1\nr0 += 1\nexit", 3ul)]
    [TestCase("r1 = 1\ncall f\nr1 = r0\nif r1 == 2 goto f\nf:\nr0 = r1\nr0 += 1\nexit", 3ul)]
    [TestCase("r1 = 1\ncall f\nr1 = r0\nif r1 == 2 goto f\ngoto g\nf:\nr0 = r1\nr0 += 1\ng:\nexit", 3ul, Description = "a jump over a jump to there")]
    [TestCase("r1 = 1\ncall f\nr1 = r0\nif r1 == 9 goto f\ngoto g\nf:\nr0 = r1\nr0 += 1\ng:\nexit", 2ul)]
    [TestCase("r1 = 1\ncall f\nr1 = r0\nif r1 != 7 goto f\ngoto g\nf:\nr0 = r1\nr0 += 1\ng:\nexit", 3ul, Description = "and to nowhere else")]
    [TestCase("r1 = 1\ncall f\nr1 = r0\nr1 += 5\nf:\nr0 = r1\nr0 += 1\nexit", 8ul, Description = "falling into it")]
    [TestCase("r0 = 0\nr1 = 4\ncall f\nr1 = 9\nf:\nr0 = r1\nexit", 9ul, Description = "falling into a short one")]
    [TestCase("r1 = 1\ncall f\nr1 = r0\nr2 = 0x1122334455 ll\nf:\nr0 = r1\nr0 += 1\nexit", 3ul)]
    [TestCase("r1 = 1\ncall f\nr1 = r0\nmay_goto f\nf:\nr0 = r1\nr0 += 1\nexit", 3ul)]
    [TestCase("r6 = 5\nr0 = 0\ncall f\nr0 += r6\nif r0 == 12 goto f\nexit\nf:\nr6 = 7\nr0 = 7\nif r0 == r6 goto end\nr0 = 1\nend:\nexit", 7ul)]
    public void Control_IntoTheBeginningOfAFunctionWithoutACall_StaysInItsFrame(string text, ulong expected)
    {
        foreach (JitOptions options in s_options)
        {
            using var machine = new CompiledMachine(compiler, text, options);
            Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, expected)), $"{options}");
        }
    }

    [Test]
    public void Program_ThatCallsItselfForEver_FaultsAtTheEighthCall()
    {
        const string Text = "start:\nr6 = 1\nr6 += 2\ncall start\nexit";
        using var machine = new CompiledMachine(compiler, Text);
        for (int n = 0; n < 2; n++) Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.TooManyFrames, 2)));
        Assert.That(machine.Executed, Is.EqualTo(8 * 3));
    }

    [TestCase("goto loop\nf:\nloop:", Description = "shared code")]
    [TestCase("r6 += r0\ncall f\nr0 += r6\nexit\nf:\nloop:", Description = "functions of their own")]
    public void MayGoto_InSeveralFrames_CountsForEachAlone(string between)
    {
        // 8 Mi rounds each; a call in the middle of the caller's changes nothing.
        string text = $"r6 = 0\nr0 = 0\nmay_goto +0\nmay_goto +0\ncall f\n{between}\nr0 = 0\nagain:\nmay_goto end\nr0 += 1\ngoto again\nend:\nexit";
        using var reference = new TestMachine(text);
        RunEnd end = reference.Run();
        Assert.That(end, Is.EqualTo(RunEnd.Returned));
        using var machine = new CompiledMachine(compiler, text);
        Assert.That((machine.Run(), machine.R0, machine.Executed), Is.EqualTo((end, reference.R0, reference.Executed)));
    }
}
