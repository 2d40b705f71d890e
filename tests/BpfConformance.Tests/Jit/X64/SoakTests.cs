using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Programs come and go, return and fault, for a while: nothing grows.</summary>
[TestFixture]
internal sealed class SoakTests
{
    private static readonly Compiler s_x64 = Engine.Compilers.Single(compiler => compiler.Name == "x64");

    private static readonly ImmutableArray<Instruction> s_large =
        [.. Enumerable.Repeat(new Instruction(0x04, Register.R0, Register.R0, 0, 1), 40_000), new(0x95, Register.R0, Register.R0, 0, 0)];

    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    /// <summary>BPFCONF_SOAK_SECONDS asks for more: 600 is a good number.</summary>
    [Test]
    public void Programs_ThatComeAndGo_LeaveNothingBehind()
    {
        string? seconds = Environment.GetEnvironmentVariable("BPFCONF_SOAK_SECONDS");
        Soak(TimeSpan.FromSeconds(seconds is null ? 2 : int.Parse(seconds, CultureInfo.InvariantCulture)));
    }

    private static void Soak(TimeSpan time)
    {
        ImmutableArray<Instruction>[] programs = [.. Enumerable.Range(0, 500).Select(RandomProgram.Of)];

        // The runtime compiles this test itself, more than once: what it needs for that is there in the second half.
        long half = Run(programs, time / 2);
        Figures before = Figures.Now();
        long whole = half + Run(programs, time / 2);
        Figures after = Figures.Now();
        TestContext.Out.WriteLine($"{half} programs: {before}\n{whole} programs: {after}");
        Assert.That(after.Arena, Is.EqualTo(before.Arena));
        Assert.That(after.Files, Is.LessThanOrEqualTo(before.Files + 2), "others may open some");
        Assert.That(after.Mappings, Is.LessThanOrEqualTo(before.Mappings + 40), "the runtime makes some of its own");
        Assert.That(after.Resident, Is.LessThan(before.Resident + (32 << 20)));
    }

    private static long Run(ImmutableArray<Instruction>[] programs, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        int rounds = 0;
        while (Stopwatch.GetElapsedTime(start) < time) LoadAndRun(programs, ++rounds);
        return (long)rounds * programs.Length;
    }

    /// <summary>Some return, some fault, also by a signal.</summary>
    private static void LoadAndRun(ImmutableArray<Instruction>[] programs, int first)
    {
        byte[] data = RandomProgram.Data(new Random(first));
        foreach (ImmutableArray<Instruction> program in programs)
        {
            using var checkedCode = X64Program.TryLoad(new BpfProgram([.. program]), [], RandomProgram.DataBytes, JitOptions.Checked, out _);
            if (checkedCode is null) continue; // a jump led into a wide instruction
            checkedCode.Prepare(data, budget: 1000);
            checkedCode.RunPrepared();
        }

        // One with a map, whose machine is not kept, and a large one, whose code gives its pages back.
        using var mapped = new CompiledMachine(s_x64, "r1 = map_val(map_by_idx(0)) ll\nr0 = *(u64 *)(r1 + 0)\nexit", maps: [new("m", MapType.Array, 4, 16, 1)]);
        mapped.Run();
        if (first % 16 == 0) using (var large = new CompiledMachine(s_x64, s_large)) large.Run();

        using var faulting = new CompiledMachine(s_x64, "r2 = 0\nr0 = *(u8 *)(r2 + 0)\nexit", JitOptions.Trusted);
        for (int n = 0; n < 10; n++) faulting.Run([]);
    }

    private sealed record Figures(long Arena, int Files, int Mappings, long Resident)
    {
        public static Figures Now()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            string statm = File.ReadAllText("/proc/self/statm");
            return new(
                CodeArena.Shared.UsedBytes,
                Directory.GetFiles("/proc/self/fd").Length,
                File.ReadLines("/proc/self/maps").Count(),
                long.Parse(statm.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
        }
    }
}
