using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using BpfConformance.Abi.Instructions;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Programs come and go, return and fault, for a while: nothing grows.</summary>
[TestFixture]
internal sealed class SoakTests
{
    private static readonly Compiler s_x64 = Engine.Compilers.Single(compiler => compiler.Name == "x64");

    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void Programs_ForASecond_LeaveNothingBehind() => Soak(TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("SOAK") ?? "1")));

    [Test, Explicit("takes ten minutes")]
    public void Programs_ForTenMinutes_LeaveNothingBehind() => Soak(TimeSpan.FromMinutes(10));

    private static void Soak(TimeSpan time)
    {
        ImmutableArray<Instruction>[] programs = [.. Enumerable.Range(0, 500).Select(RandomProgram.Of)];
        for (int n = 0; n < 5; n++) LoadAndRun(programs, first: n);
        Figures before = Figures.Now();
        long start = Stopwatch.GetTimestamp();
        int rounds = 0;
        while (Stopwatch.GetElapsedTime(start) < time) LoadAndRun(programs, ++rounds);
        Figures after = Figures.Now();

        TestContext.Out.WriteLine($"{(long)rounds * programs.Length} programs in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        TestContext.Out.WriteLine($"before {before}\nafter  {after}");
        Assert.That(after.Arena, Is.EqualTo(before.Arena));
        Assert.That(after.Files, Is.LessThanOrEqualTo(before.Files + 2), "others may open some");
        Assert.That(after.Mappings, Is.LessThanOrEqualTo(before.Mappings + 50), "the runtime makes some of its own");
        Assert.That(after.Resident, Is.LessThan(before.Resident + (32 << 20)));
    }

    /// <summary>Some return, some fault, also by a signal.</summary>
    private static void LoadAndRun(ImmutableArray<Instruction>[] programs, int first)
    {
        byte[] data = RandomProgram.Data(new Random(first));
        foreach (ImmutableArray<Instruction> program in programs)
        {
            using var checkedCode = X64Program.TryLoad(program.AsSpan(), [], default, RandomProgram.DataBytes, JitOptions.Checked, out _);
            if (checkedCode is null) continue; // a jump led into a wide instruction
            checkedCode.Prepare(data, budget: 1000);
            checkedCode.RunPrepared();
        }

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
