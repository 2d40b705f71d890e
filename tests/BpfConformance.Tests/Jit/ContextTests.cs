using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;
using Assembler = BpfConformance.Loading.Assembly.Assembler;

namespace BpfConformance.Tests.Jit;

/// <summary>Accesses of contexts, and of packets that they lead to, are those of the reference.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed unsafe class ContextTests(Compiler compiler)
{
    private const int DataBytes = ContextPrograms.MaxDataBytes;
    private const int Many = 200;
    private const int MaxArguments = 12;

    private static readonly JitOptions[] s_checked = [JitOptions.Checked, JitOptions.Trusted with { ShowsRegisters = true }];

    /// <summary>Ways to the context before an access at an offset: a register, and what the offset is from there.</summary>
    private static readonly (string Text, string Address, int Shift)[] s_ways =
    [
        ("", "r1", 0),
        ("r6 = r1\nr6 += 8\n", "r6", 8),
        ("*(u64 *)(r10 - 8) = r1\nr6 = *(u64 *)(r10 - 8)\n", "r6", 0),
        ("r6 = r1\nif r8 == 0 goto +1\nr7 = 1\n", "r6", 0),
        ("r6 = r1\nif r8 == 0 goto +1\nr6 += -4\n", "r6", -4),
    ];

    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [TestCase(ProgramType.Xdp)]
    [TestCase(ProgramType.SchedCls)]
    [TestCase(ProgramType.SocketFilter)]
    [TestCase(ProgramType.CgroupSkb)]
    [TestCase(ProgramType.SkLookup)]
    [TestCase(ProgramType.SockOps)]
    [TestCase(ProgramType.Kprobe)]
    [TestCase(ProgramType.PerfEvent)]
    [TestCase(ProgramType.Tracing)]
    [TestCase(ProgramType.RawTracepointWritable)]
    public void Field_TouchedInAnyWay_GivesWhatTheReferenceDoes(ProgramType type)
    {
        ProgramHook hook = Hook(type);
        ContextLayout layout = hook.Context!.Value.Layout; // each of them has one
        int[] edges = [.. layout.Fields.SelectMany(field => (int[])[-1, 0, 1, 2, 4, field.SizeBytes - 1], (field, by) => field.Offset + by)
            .Concat([-8, -4, layout.SizeBytes - 4, layout.SizeBytes, layout.SizeBytes + 1000]).Distinct().Order()];
        EndComparison comparison = Comparison(s_checked);
        comparison.Context = [.. Enumerable.Range(0, layout.SizeBytes).Select(n => (byte)(0x81 + n))];
        byte[] data = new byte[40];
        int programs = 0;
        foreach (int offset in edges)
        {
            foreach (string format in Accesses())
            {
                for (int way = 0; way < s_ways.Length; way++)
                {
                    if (compiler.Name == "il" && (programs++ % s_ways.Length) != way) continue; // which compiles slowly
                    (string before, string address, int shift) = s_ways[way];
                    string place = $"{address} {(offset < shift ? '-' : '+')} {Math.Abs(offset - shift)}";
                    string text = $"r8 = 0x8877665544332211 ll\n{before}{string.Format(CultureInfo.InvariantCulture, format, place)}\nr1 = 0\nr6 = 0\nr8 += 1\nexit";
                    comparison.Compare(Of(Assembler.Assemble(text).Instructions, hook), 0, data, text);
                }
            }
        }

        TestContext.Out.WriteLine(comparison.ToString());
        Assert.That(comparison.Returned, Is.GreaterThan(layout.Fields.Length / 2), comparison.ToString());
        Assert.That(comparison.Faulted, Is.GreaterThan(comparison.Programs / 3), comparison.ToString());
    }

    [Test]
    public void RandomPrograms_InEveryWayToRun_EndAsOnTheReference()
    {
        int seed = RandomTest.Seed();
        int programs = RandomTest.Programs(compiler.Name == "il" ? 60 : 600);
        ProgramHook[] hooks = [.. ProgramTypeTable.Rows.Where(row => row.Context is { } seen && seen.Layout != ContextTables.SyscallArguments
            && seen.Layout.Fields.All(field => seen.PermissionOf(field) == FieldPermission.None || IsKnown(field.Value)))];
        EndComparison comparison = Comparison(options: null);
        for (int n = 0; n < programs; n++)
        {
            var random = new Random(unchecked(seed + n));
            ProgramHook hook = random.Next(2) == 0 ? hooks[random.Next(hooks.Length)] : Hook(random.Next(2) == 0 ? ProgramType.Xdp : ProgramType.SchedCls);
            ContextView view = hook.Context!.Value; // only those were taken
            byte[] data = new byte[random.Next(4) == 0 ? random.Next(14, DataBytes) : DataBytes];
            byte[] context = new byte[view.Layout.IsOpen ? sizeof(ulong) * random.Next(MaxArguments + 1) : view.Layout.SizeBytes];
            random.NextBytes(data);
            random.NextBytes(context);
            (comparison.Context, comparison.Budget) = (context, 3000);
            var program = Of([.. new ContextPrograms(random, view.Layout, view).Next()], hook);
            comparison.CompareAtBudgets(program, 0, data, $"BPFCONF_SEED={unchecked(seed + n)}, {hook.Type}", random, budgets: 1);
        }

        TestContext.Out.WriteLine(comparison.ToString());
        if (programs < Many) return; // what few do is chance
        Assert.That(comparison.Returned, Is.GreaterThan(comparison.Programs / 8), comparison.ToString());
        Assert.That(comparison.Faulted, Is.GreaterThan(comparison.Programs / 20), comparison.ToString());
    }

    /// <summary>What the programs can do something with.</summary>
    private static bool IsKnown(ContextValue value) => value <= ContextValue.SocketCommonOrNull || value is ContextValue.ByBtf or ContextValue.TracepointBuffer;

    [TestCase(ProgramType.Xdp, 0, RunStatus.Returned)]
    [TestCase(ProgramType.SchedCls, 76, RunStatus.Returned)]
    [TestCase(ProgramType.CgroupSkb, 76, RunStatus.Faulted, Description = "may only be read")]
    public void Packet_ThroughTheContext_IsWrittenWhereItMayBe(ProgramType type, int data, RunStatus expected)
    {
        string text = $"r6 = r1\nr2 = *(u32 *)(r6 + {data})\nr3 = *(u32 *)(r6 + {data + 4})\nr0 = r2\nr0 += 8\nif r0 > r3 goto over\nr0 = *(u32 *)(r2 + 4)\n*(u16 *)(r2 + 2) = 513\nr7 = *(u16 *)(r2 + 2)\nover:\nr0 = 0\nr2 = 0\nr3 = 0\nexit";
        Assert.That(End(text, type), Is.EqualTo(expected));
    }

    [TestCase("r2 = r1\nr3 = *(u32 *)(r2 + 4)\nr2 = *(u32 *)(r2 + 0)\nr2 += 60\nr0 = *(u32 *)(r2 + 0)\nr2 += 1\nr7 = *(u32 *)(r2 + 0)\nexit", Description = "beyond the packet")]
    [TestCase("r0 = *(u64 *)(r1 + 0)\nexit", Description = "the width of the pointer, not of the field")]
    [TestCase("r0 = *(u32 *)(r1 + 20)\nexit", Description = "of another hook")]
    [TestCase("*(u32 *)(r1 + 12) = 1\nexit")]
    [TestCase("lock *(u32 *)(r1 + 12) += r1\nexit")]
    [TestCase("r6 = r1\nr0 = *(u32 *)(r6 + 12)\nlock *(u32 *)(r6 + 12) += r0\nexit")]
    [TestCase("r0 = load_acquire((u32 *)(r1 + 13))\nexit")]
    [TestCase("r2 = *(u32 *)(r1 + 0)\nr0 = load_acquire((u32 *)(r2 + 13))\nexit")]
    [TestCase("r2 = *(u32 *)(r1 + 0)\nstore_release((u32 *)(r2 + 13), r1)\nexit")]
    public void Access_ThatMayNotBe_FaultsAsOnTheReference(string text) => Assert.That(End(text, ProgramType.Xdp), Is.EqualTo(RunStatus.Faulted));

    [Test]
    public void Context_AfterProgramsThatKeepItElsewhere_IsStillTheirs([Values(3, 0)] int rounds)
    {
        string text = $"r7 = {rounds}\nagain:\n*(u64 *)(r10 - 16) = r1\nr2 = r7\ncall f\nr1 = *(u64 *)(r10 - 16)\nr8 += r0\nr3 = r10\nr3 += -16\nr4 = *(u64 *)(r3 + 0)\nr0 = *(u32 *)(r4 + 12)\nr8 ^= r0\nr7 += -1\nif r7 s> 0 goto again\nr0 = r8\nr1 = 0\nr2 = 0\nr3 = 0\nr4 = 0\nexit\nf:\nr6 = r1\nr0 = *(u32 *)(r6 + 16)\nif r2 == 1 goto +1\nr0 += 5\nexit";
        Assert.That(End(text, ProgramType.Xdp), Is.EqualTo(RunStatus.Returned));
    }

    [Test]
    public void Context_OfFunctionsThatAHelperCalls_IsReadThere()
    {
        string text = "r8 = 0\n*(u64 *)(r10 - 16) = r1\n*(u64 *)(r10 - 8) = 0\nr1 = 4\nr2 = code_addr(f) ll\nr3 = r10\nr3 += -16\nr4 = 0\ncall 181\nr0 = *(u64 *)(r10 - 8)\nexit\nf:\nr6 = *(u64 *)(r2 + 0)\nr0 = *(u32 *)(r6 + 16)\nr7 = *(u64 *)(r2 + 8)\nr7 += r0\n*(u64 *)(r2 + 8) = r7\nr0 = 0\nexit";
        Assert.That(End(text, ProgramType.Xdp, shown: [0, 8]), Is.EqualTo(RunStatus.Returned));
    }

    [Test]
    public void Context_OfProgramsThatTailCallsLeadTo_IsTheSame()
    {
        string[] texts =
        [
            "r6 = r1\nr7 = *(u32 *)(r6 + 12)\nr2 = map_by_idx(0) ll\nr3 = 0\ncall 12\nr0 = 99\nexit\n",
            "r0 = *(u32 *)(r6 + 16)\nr0 += r7\nr8 = *(u32 *)(r1 + 12)\nr2 = *(u32 *)(r1 + 0)\nr9 = *(u8 *)(r2 + 1)\nexit\n",
        ];
        EndComparison comparison = Comparison(options: null, shown: [0, 7, 8, 9]);
        comparison.Maps = [new MapDefinition("jumps", MapType.ProgArray, sizeof(uint), sizeof(uint), 1) { Contents = [new MapEntry(BitConverter.GetBytes(0), BitConverter.GetBytes(1))] }];
        comparison.Context = Numbers(24);
        comparison.Context.AsSpan(0, 12).Clear(); // there is no metadata
        BpfProgram programs = ProgramRow.Of(ProgramType.Xdp, texts.Select(text => Assembler.Assemble(text).Instructions.AsEnumerable()));
        comparison.Compare(programs, 0, new byte[20], "tail call");
        comparison.Compare(programs, 1, new byte[20], "alone"); // where r6 is no context
        Assert.That((comparison.Returned, comparison.Faulted, comparison.TailCalls), Is.EqualTo((1, 1, 1)));
    }

    [Explicit("measures")]
    [Test]
    public void Xdp_Measured()
    {
        const string Body = "r2 = *(u32 *)(r6 + 0)\nr3 = *(u32 *)(r6 + 4)\nr0 = 1\nr4 = r2\nr4 += 34\nif r4 > r3 goto over\nr5 = *(u16 *)(r2 + 12)\nif r5 != 8 goto over\nr5 = *(u8 *)(r2 + 23)\nr4 = *(u32 *)(r6 + 12)\nr5 += r4\nr4 = *(u32 *)(r2 + 26)\nr5 += r4\nr4 = *(u32 *)(r2 + 30)\nr5 += r4\nr0 = 2\nover:\n";
        foreach ((string name, string before, string each) in ((string, string, string)[])[("kept", "", ""), ("reloaded", "*(u64 *)(r10 - 8) = r1\n", "r6 = *(u64 *)(r10 - 8)\n")])
        {
            string text = $"r6 = r1\n{before}r7 = 1000\nagain:\n{each}{Body}r7 += -1\nif r7 != 0 goto again\nexit";
            TestContext.Out.WriteLine(name);
            Measure("reference", Engine.LoadReference, text);
            Measure($"{compiler} checked", compiler.WithSeveral(JitOptions.Checked), text);
            Measure($"{compiler} trusted", compiler.WithSeveral(JitOptions.Trusted), text);
        }

        static void Measure(string name, ProgramsLoad load, string text)
        {
            using IMachineProgram program = load(new BpfProgram(Assembler.Assemble(text).Instructions, ProgramType.Xdp), [], DataBytes, out _)!; // it is valid
            byte[] data = new byte[DataBytes];
            data[12] = 8;
            TestContext.Out.WriteLine($"{name,-12} {Least(program, data) / 1000:F2} ns");
            Assert.That(program.Memory.Machine->Registers[0], Is.EqualTo(2));
        }

        static double Least(IMachineProgram program, byte[] data)
        {
            const int Runs = 20;
            program.Prepare(data, 1_000_000);
            Machine* m = program.Memory.Machine;
            ulong context = m->Registers[1];
            double least = double.MaxValue;
            for (int round = 0; round < 60; round++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int run = 0; run < Runs; run++)
                {
                    (m->Status, m->BudgetLeft, m->Registers[1]) = (RunStatus.Running, 1_000_000, context);
                    program.RunPrepared();
                }

                least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Runs);
            }

            return least;
        }
    }

    /// <summary>Loads and stores with a place to be put in.</summary>
    private static IEnumerable<string> Accesses()
    {
        foreach (int bits in (int[])[8, 16, 32, 64])
        {
            yield return $"r0 = *(u{bits} *)({{0}})";
            if (bits < 64) yield return $"r0 = *(s{bits} *)({{0}})";
            yield return $"*(u{bits} *)({{0}}) = r8";
            yield return $"*(u{bits} *)({{0}}) = -2";
            yield return $"r0 = load_acquire((u{bits} *)({{0}}))";
            yield return $"store_release((u{bits} *)({{0}}), r8)";
        }

        yield return "lock *(u32 *)({0}) += r8";
        yield return "r8 = atomic_fetch_or((u64 *)({0}), r8)";
    }

    /// <summary>The last of a type is the one that takes any attach type, if there is such.</summary>
    private static ProgramHook Hook(ProgramType type) => ProgramTypeTable.Rows.Last(row => row.Type == type);

    private static BpfProgram Of(ImmutableArray<Instruction> slots, ProgramHook hook) =>
        new(slots, hook.Type) { AttachType = hook.AttachTypes.FirstOrDefault() };

    private static byte[] Numbers(int count) => [.. Enumerable.Range(1, count).Select(n => (byte)n)];

    private EndComparison Comparison(JitOptions[]? options, int[]? shown = null) =>
        new(compiler, DataBytes, registers: 1) { Shown = [.. shown ?? [0, 6, 7, 8]], Options = options is null ? EndComparison.AllOptions : [.. options], Stacks = 3 };

    private RunStatus End(string text, ProgramType type, int[]? shown = null)
    {
        EndComparison comparison = Comparison(options: null, shown);
        ProgramHook hook = Hook(type);
        comparison.Context = Numbers(hook.Context!.Value.Layout.SizeBytes); // each of them has one
        comparison.Compare(Of(Assembler.Assemble(text).Instructions, hook), 0, Numbers(DataBytes), text);
        return comparison.Returned == 1 ? RunStatus.Returned : RunStatus.Faulted;
    }
}
