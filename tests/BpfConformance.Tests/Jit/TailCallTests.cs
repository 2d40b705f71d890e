using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Programs that go on in the frames of others do so as on the reference.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.CompilersOfAllKinds))]
internal sealed unsafe class TailCallTests(Compiler compiler)
{
    private const long Budget = 1_000_000_000;

    /// <summary>Goes on with program 1; r1 is the context.</summary>
    private const string GoOn = "r2 = map_by_idx(0) ll\nr3 = 0\ncall 12\nr0 = 99\nexit\n";

    /// <summary>Calls a function that calls itself as often as r1 says, then returns 5.</summary>
    private const string Deep = "call deep\nr0 = 5\nexit\ndeep:\nr0 = 0\nif r1 == 0 goto over\nr1 += -1\ncall deep\nover:\nexit\n";

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void RandomPrograms_InEveryWayToRun_EndAsOnTheReference()
    {
        int seed = RandomTest.Seed();
        int programs = RandomTest.Programs(compiler.Name == "il" ? 40 : 200);
        var comparison = new EndComparison(compiler, TailCallPrograms.DataBytes, registers: 1) { Shown = [0, 6, 7, 8, 9] };
        for (int n = 0; n < programs; n++)
        {
            var random = new Random(unchecked(seed + n));
            var source = new TailCallPrograms(random);
            BpfProgram program = source.Next();
            (comparison.Maps, comparison.Budget) = (source.Maps, 3000);
            byte[] data = source.Data();
            int first = random.Next(program.Count);
            string name = $"BPFCONF_SEED={unchecked(seed + n)}";
            comparison.CompareAtBudgets(program, first, data, name, random, budgets: 2);
        }

        TestContext.Out.WriteLine(comparison.ToString());
        Assert.That(comparison.Returned, Is.GreaterThan(comparison.Programs / 5), comparison.ToString());
        Assert.That(comparison.TailCalls, Is.GreaterThan(2 * comparison.Programs), comparison.ToString());

        // One program in twenty faults: few of them say nothing.
        if (comparison.Programs >= 300) Assert.That(comparison.Faulted, Is.GreaterThan(comparison.Programs / 200), comparison.ToString());
    }

    [TestCase(6, 6, RunStatus.Returned)]
    [TestCase(6, 7, RunStatus.Faulted, Description = "the program's own frames count as they did")]
    [TestCase(7, 6, RunStatus.Faulted, Description = "the ninth, counted from where the program began")]
    public void Program_InTheFrameOfAFunction_HasEightFramesOfItsOwn(int callsThere, int callsHere, RunStatus expected)
    {
        string main = $"call f\nr1 = {callsHere}\n{Deep}f:\n{GoOn}";
        using IMachineProgram program = Load([main, $"r1 = {callsThere}\n{Deep}"], JitOptions.Checked);
        Machine* m = program.Memory.Machine;

        Run(program);

        FaultKind fault = expected == RunStatus.Returned ? FaultKind.None : FaultKind.TooManyFrames;
        Assert.That((m->Status, m->Fault), Is.EqualTo((expected, fault)));
    }

    [Test]
    public void Registers_OfACallerOfAFunction_AreAsBeforeWhenAnotherProgramHasReturned()
    {
        string main = $"r6 = 1\nr7 = 2\nr8 = 3\nr9 = 4\n*(u64 *)(r10 - 8) = r7\ncall f\nr0 += r6\nr0 += r7\nr0 += r8\nr0 += r9\nr1 = *(u64 *)(r10 - 8)\nr0 += r1\nexit\nf:\n{GoOn}";
        string other = "r6 = 100\nr7 = 100\nr8 = 100\nr9 = 100\n*(u64 *)(r10 - 8) = r7\nr0 = 20\nexit";
        foreach (JitOptions options in (JitOptions[])[JitOptions.Checked, JitOptions.Trusted])
        {
            using IMachineProgram program = Load([main, other], options);
            Run(program);
            Assert.That(program.Memory.Machine->Registers[0], Is.EqualTo(20 + 1 + 2 + 3 + 4 + 2), $"{options}");
        }
    }

    [Test]
    public void MayGoto_InTheNextProgram_CountsAnew()
    {
        const string Spin = "r7 = 0\nagain:\nr7 += 1\nmay_goto out\ngoto again\nout:\n";
        using IMachineProgram program = Load([$"r6 = r1\n{Spin}r1 = r6\n{GoOn}", $"{Spin}r0 = r7\nexit"], JitOptions.Checked);
        Run(program);
        Assert.That(program.Memory.Machine->Registers[0], Is.EqualTo(8_388_609));
    }

    [TestCase("", Description = "in the frame of the program")]
    [TestCase("call f\nexit\nf:\n", Description = "from a function, each time a frame further on")]
    public void Programs_ThatAreLong_GoOnUntilNoTailCallIsLeft(string inFunction)
    {
        string body = string.Concat(Enumerable.Repeat("r3 += r4\nr3 *= r5\nr4 ^= r3\nr5 += 3\n", 1000));
        string count = "r7 = map_val(map_by_idx(1)) + 0 ll\nr0 = *(u64 *)(r7 + 0)\nr0 += 1\n*(u64 *)(r7 + 0) = r0\n";
        string text = $"{inFunction}r3 = r1\nr4 = 1\nr5 = 2\n{count}{body}r2 = map_by_idx(0) ll\nr3 = 0\ncall 12\nr7 = map_val(map_by_idx(1)) + 0 ll\nr0 = *(u64 *)(r7 + 0)\nexit";
        using IMachineProgram program = Load(["r0 = 0\nexit", text], JitOptions.Checked);
        Run(program, first: 1);
        Assert.That((program.Memory.Machine->Status, program.Memory.Machine->Registers[0]), Is.EqualTo((RunStatus.Returned, 34ul)));
    }

    [Test]
    public void Callx_OfTheNumber_IsNoTailCall()
    {
        using IMachineProgram program = Load([$"r2 = map_by_idx(0) ll\nr3 = 0\nr6 = 12\ncallx r6\n{GoOn}", "r0 = 1\nexit"], JitOptions.Checked);
        Run(program);
        Machine* m = program.Memory.Machine;
        Assert.That((m->Status, m->Fault, m->FaultPc), Is.EqualTo((RunStatus.Faulted, FaultKind.UnknownHelper, 4)));
    }

    [Test]
    public void Programs_WithoutTailCalls_AreRunByTheirIndex()
    {
        BpfProgram programs = InARow(["r0 = 3\nexit", "r6 = 4\ncall f\nr0 += r6\nexit\nf:\nr6 = 9\nr0 = 1\nexit", "r0 = r2\nexit"], ProgramType.Unspecified);
        foreach (JitOptions options in (JitOptions[])[JitOptions.Checked, JitOptions.Trusted])
        {
            using IMachineProgram program = compiler.WithSeveral(options)(programs, [], 16, out _)!; // it is valid
            foreach ((int first, ulong expected) in ((int, ulong)[])[(1, 5), (0, 3), (2, 16), (1, 5)])
            {
                Run(program, first);
                Assert.That(program.Memory.Machine->Registers[0], Is.EqualTo(expected), $"{options}, {first}");
            }
        }
    }

    private static BpfProgram InARow(IEnumerable<string> texts, ProgramType type) =>
        ProgramRow.Of(type, texts.Select(text => Assembler.Assemble(text).Instructions.AsEnumerable()));

    /// <summary>Two programs, and an array whose first is the second of them.</summary>
    private IMachineProgram Load(IEnumerable<string> texts, JitOptions options)
    {
        ImmutableArray<MapEntry> jumps = [new MapEntry(new byte[sizeof(uint)], BitConverter.GetBytes(1))];
        ImmutableArray<MapDefinition> maps =
        [
            new MapDefinition("jumps", MapType.ProgArray, sizeof(uint), sizeof(uint), MaxEntries: 1) { Contents = jumps },
            new MapDefinition("count", MapType.Array, sizeof(uint), ValueBytes: 8, MaxEntries: 1) { Contents = [] },
        ];
        return compiler.WithSeveral(options)(InARow(texts, ProgramType.SocketFilter), maps, 16, out _)!; // they are valid
    }

    private static void Run(IMachineProgram program, int first = 0)
    {
        program.Prepare(new byte[16], Budget, first);
        program.RunPrepared();
    }
}
