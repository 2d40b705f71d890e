using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>A hundred thousand programs: every register and all memory must be the reference's.</summary>
[TestFixture]
internal sealed unsafe class StraightLineTests
{
    private const long Budget = 1000;

    private static readonly Lane[] s_lanes =
    [
        .. Engine.Compiled.Select(engine => new Lane(engine, IsSlow(engine) ? 100 : 1, Registers: 9)),
        new(X64(JitOptions.Trusted, hasShifts: true), 4, Registers: 1),
        new(X64(JitOptions.Checked, hasShifts: false), 4, Registers: 9),
    ];

    [Test]
    public void StraightLinePrograms_OnEveryEngine_LeaveTheSame()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        int programs = RandomTest.Programs(100_000);
        int seed = RandomTest.Seed();
        long start = Stopwatch.GetTimestamp();
        var failures = new List<string>();
        Parallel.For(0, programs, () => new StraightLinePrograms(), (n, state, source) =>
        {
            if (FirstDifference(source, n, unchecked(seed + n)) is not { } difference) return source;
            lock (failures) failures.Add($"BPFCONF_SEED={unchecked(seed + n)} BPFCONF_PROGRAMS=1 {difference}");
            state.Stop();
            return source;
        }, _ => { });

        TestContext.Out.WriteLine($"{programs} programs, {programs / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} a second");
        Assert.That(failures, Is.Empty);
    }

    private static string? FirstDifference(StraightLinePrograms source, int n, int seed)
    {
        ReadOnlySpan<Instruction> program = source.Of(seed);
        ReadOnlySpan<byte> data = source.Data();
        using IMachineProgram reference = Run(Engine.Reference, program, data);
        foreach (Lane lane in s_lanes)
        {
            if (n % lane.Every != 0) continue;
            using IMachineProgram compiled = Run(lane.Engine, program, data);
            if (IsSame(reference, compiled, lane.Registers)) continue;
            return $"{lane.Engine.Name}\n{Disassembler.Listing(program)}\n{Convert.ToHexString(data)}\nexpected {End(reference)}\ngot      {End(compiled)}";
        }

        return null;
    }

    private static IMachineProgram Run(Engine engine, ReadOnlySpan<Instruction> program, ReadOnlySpan<byte> data)
    {
        IMachineProgram loaded = engine.Load(program, [], ProgramType.Unspecified, StraightLinePrograms.DataBytes, out ValidationError? error)
            ?? throw new InvalidOperationException($"{engine.Name}: {error!.Message}\n{Disassembler.Listing(program)}");
        loaded.Prepare(data, Budget);
        loaded.RunPrepared();
        return loaded;
    }

    /// <summary>r9 is an address, and must be the same one still.</summary>
    private static bool IsSame(IMachineProgram expected, IMachineProgram got, int registers)
    {
        Machine* a = expected.Memory.Machine;
        Machine* b = got.Memory.Machine;
        long executed = got.Executed(Budget);
        return (a->Status, b->Status) == (RunStatus.Returned, RunStatus.Returned)
            && new ReadOnlySpan<ulong>(a->Registers, registers).SequenceEqual(new ReadOnlySpan<ulong>(b->Registers, registers))
            && (registers == 1 || b->Registers[9] == got.Memory.Address(Regions.Data, 0))
            && expected.Memory.Data.SequenceEqual(got.Memory.Data)
            && Stack(expected).SequenceEqual(Stack(got))
            && (executed < 0 || executed == expected.Executed(Budget));
    }

    private static ReadOnlySpan<byte> Stack(IMachineProgram program) =>
        new(program.Memory.Machine->Regions[program.Memory.Machine->FirstStack].Base, MachineLimits.StackBytes);

    private static string End(IMachineProgram program)
    {
        Machine* m = program.Memory.Machine;
        string registers = string.Join(' ', new ReadOnlySpan<ulong>(m->Registers, 10).ToArray().Select(value => $"{value:x}"));
        return $"{m->Status} {m->Fault} {m->FaultPc} {registers} {Convert.ToHexString(program.Memory.Data)} {Convert.ToHexString(Stack(program))}";
    }

    private static Engine X64(JitOptions options, bool hasShifts) => new(
        $"x64 {options}, {(hasShifts ? "with" : "without")} BMI2",
        options.IsChecked,
        (ReadOnlySpan<Instruction> program, ImmutableArray<MapDefinition> maps, ProgramType type, int dataBytes, out ValidationError? error) =>
            X64Program.TryLoad(new BpfProgram([.. program], type), maps, dataBytes, options, hasShifts, out error));

    /// <summary>What .NET compiles with checks takes a millisecond, the rest far less.</summary>
    private static bool IsSlow(Engine engine) => engine is { Name: "il", IsChecked: true };

    /// <summary>One of so many programs goes to an engine, of which so many registers are looked at.</summary>
    private sealed record Lane(Engine Engine, int Every, int Registers);
}
