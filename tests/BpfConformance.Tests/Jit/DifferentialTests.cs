using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Random programs, each run on a few memories: every compiler must end with the registers and memory of the reference.</summary>
[TestFixture]
internal sealed unsafe class DifferentialTests
{
    private const int Runs = 4;
    private const long Budget = 1000;

    /// <summary>BPFCONF_PROGRAMS asks for more, BPFCONF_SEED for the programs of a run before.</summary>
    private const int Programs = 2000;

    [Test]
    public void RandomPrograms_OnEveryEngine_EndAlike()
    {
        int programs = Setting("BPFCONF_PROGRAMS", Programs);
        int seed = Setting("BPFCONF_SEED", Random.Shared.Next());
        TestContext.Out.WriteLine($"BPFCONF_SEED={seed}");
        long start = Stopwatch.GetTimestamp();
        int valid = 0;
        for (int n = 0; n < programs; n++)
        {
            ImmutableArray<Instruction> program = RandomProgram.Of(unchecked(seed + n));
            if (ProgramValidator.Validate(program.AsSpan()) is not null) continue; // a jump led into a wide instruction
            valid++;
            Compare(program, unchecked(seed + n));
        }

        TestContext.Out.WriteLine($"{valid} programs, {valid / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} a second");
        Assert.That(valid, Is.GreaterThan(programs / 2));
    }

    private static void Compare(ImmutableArray<Instruction> program, int seed)
    {
        using IMachineProgram reference = Load(Engine.Reference, program);
        var random = new Random(seed);
        byte[][] inputs = [.. Enumerable.Range(0, Runs).Select(_ => RandomProgram.Data(random))];
        foreach (Engine engine in Engine.Compiled)
        {
            using IMachineProgram compiled = Load(engine, program);
            foreach (byte[] input in inputs)
            {
                string expected = End(reference, input);
                bool faults = reference.Memory.Machine->Status != RunStatus.Returned;
                if (faults && !engine.IsChecked) continue; // only what a verifier accepts may run there
                string got = End(compiled, input);
                long executed = compiled.Executed(Budget);
                bool isCounted = executed >= 0 && reference.Memory.Machine->Status != RunStatus.OutOfBudget;
                if (expected == got && (!isCounted || executed == reference.Executed(Budget))) continue;
                Assert.Fail(
                    $"{engine.Name}, BPFCONF_SEED={seed} BPFCONF_PROGRAMS=1\n{Disassembler.Listing(program.AsSpan())}\n"
                    + $"memory   {Convert.ToHexString(input)}\nexpected {expected}\ngot      {got} ({executed} instructions)");
            }
        }
    }

    private static IMachineProgram Load(Engine engine, ImmutableArray<Instruction> program) =>
        engine.Load(program.AsSpan(), [], ProgramType.Unspecified, RandomProgram.DataBytes, out ValidationError? error)
        ?? throw new InvalidOperationException($"{engine.Name}: {error!.Message}");

    /// <summary>All that can be seen of a run; r9 holds an address.</summary>
    private static string End(IMachineProgram program, byte[] input)
    {
        program.Prepare(input, Budget);
        program.RunPrepared();
        Machine* m = program.Memory.Machine;
        var stack = new ReadOnlySpan<byte>(m->Regions[m->FirstStack].Base, MachineLimits.StackBytes);
        string memory = $"{Convert.ToHexString(program.Memory.Data)} {Convert.ToHexString(stack)}";
        if (m->Status == RunStatus.OutOfBudget) return "out of budget"; // where, is each machine's own
        if (m->Status != RunStatus.Returned) return $"{m->Fault} at {m->FaultPc} {memory}";
        var registers = new ReadOnlySpan<ulong>(m->Registers, (int)Register.R9);
        return $"{string.Join(' ', registers.ToArray().Select(value => $"{value:x}"))} {memory}";
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out int value) ? value : otherwise;
}
