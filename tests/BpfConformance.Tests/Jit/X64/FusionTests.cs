using System.Diagnostics;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using BpfConformance.Tests.Interpreter;
using Iced.Intel;
using NUnit.Framework;
using Instruction = BpfConformance.Abi.Instructions.Instruction;
using Register = BpfConformance.Abi.Instructions.Register;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>What several instructions become together is what they are one after the other.</summary>
[TestFixture]
internal sealed unsafe class FusionTests
{
    private const long Budget = 1000;

    private static readonly Compiler s_x64 = Engine.Compilers.Single(compiler => compiler.Name == "x64");

    private static readonly JitOptions[] s_options =
        [.. from n in Enumerable.Range(0, 8) select new JitOptions((n & 1) != 0, (n & 2) != 0, (n & 4) != 0)];

    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [TestCase("r3 = r2\nr3 <<= 13\nr2 >>= 51\nr2 |= r3\nr0 = r2", Mnemonic.Ror)]
    [TestCase("r3 = r2\nr3 >>= 13\nr2 <<= 51\nr2 |= r3\nr0 = r2", Mnemonic.Ror)]
    [TestCase("r3 = r2\nr3 <<= 13\nr0 = r2\nr0 >>= 51\nr0 |= r3", Mnemonic.Rorx)]
    [TestCase("w3 = w2\nw3 <<= 1\nw0 = w2\nw0 >>= 31\nw0 |= w3", Mnemonic.Rorx)]
    [TestCase("r0 = r2\nr0 += r3", Mnemonic.Lea)]
    [TestCase("r0 = r2\nr0 += -5", Mnemonic.Lea)]
    public void Group_WithNothingInItsWay_IsOneInstruction(string text, Mnemonic expected)
    {
        Mnemonic[] body = Body(text, JitOptions.Trusted);
        Assert.That(body, Does.Contain(expected).And.Not.Contain(Mnemonic.Or).And.Not.Contain(Mnemonic.Add));
    }

    [TestCase("if r2 == 9 goto +2\nr3 = r2\nr3 <<= 13\nr2 >>= 51\nr2 |= r3\nr0 = r2", Mnemonic.Or)]
    [TestCase("if r2 == 9 goto +1\nr0 = r2\nr0 += -5", Mnemonic.Add)]
    [TestCase("r3 = r2\nr3 <<= 13\nr2 >>= 50\nr2 |= r3\nr0 = r2", Mnemonic.Or)]
    [TestCase("r3 = r2\nr3 <<= 64\nr2 >>= 0\nr2 |= r3\nr0 = r2", Mnemonic.Or)]
    public void Group_WithALabelInItOrOtherCounts_StaysWhatItIs(string text, Mnemonic expected) =>
        Assert.That(Body(text, JitOptions.Trusted), Does.Contain(expected));

    [TestCase("r3 = r2\nr3 <<= 13\nr2 >>= 51\nr2 |= r3\nr0 = r3", 0x68acf13579bde000ul)]
    [TestCase("r0 = r2\nr0 <<= 4", 0x123456789abcdef0ul, Description = "the program ends where a rotation would go on")]
    [TestCase("w3 = w2\nw3 <<= 13\nw2 >>= 19\nw2 |= w3\nr0 = r3", 0x79bde000ul)]
    [TestCase("r3 = r2\nr3 <<= 13\nr2 >>= 51\nr2 |= r3\nr0 = r2", 0x68acf13579bdf024ul)]
    [TestCase("w3 = w2\nw3 <<= 13\nw4 = w2\nw4 >>= 19\nw4 |= w3\nr0 = r2", 0x8123456789abcdeful)]
    public void Rotation_TheOtherRegistersReadAfterwards_HaveTheirValues(string text, ulong expected)
    {
        foreach (JitOptions options in s_options)
        {
            using var machine = new CompiledMachine(s_x64, $"r2 = 0x8123456789abcdef ll\n{text}\nexit", options);
            Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, expected)), $"{options}");
        }
    }

    [Test]
    public void Rotation_InCodeForComparisons_LeavesTheRegisterBetween()
    {
        using var machine = new CompiledMachine(s_x64, "r2 = 0x8123456789abcdef ll\nr3 = r2\nr3 <<= 13\nr2 >>= 51\nr2 |= r3\nr0 = 0\nexit", JitOptions.Checked);
        Assert.That((machine.Run(), machine.Register(3)), Is.EqualTo((RunEnd.Returned, 0x68acf13579bde000ul)));
    }

    [Test]
    public void RandomGroups_InEveryWayToRun_EndAsOnTheReference()
    {
        int seed = RandomTest.Seed();
        int programs = RandomTest.Programs(10_000);
        long start = Stopwatch.GetTimestamp();
        int faults = 0;
        for (int n = 0; n < programs; n++)
        {
            var random = new Random(unchecked(seed + n));
            Instruction[] program = new FusionPrograms(random).Next();
            Assert.That(ProgramValidator.Validate(program), Is.Null);
            if (!EndsAlike(program, RandomProgram.Data(random), $"BPFCONF_SEED={unchecked(seed + n)}")) faults++;
        }

        TestContext.Out.WriteLine($"{programs} programs, {faults} fault, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        Assert.That(faults, Is.LessThan(programs / 4));
    }

    /// <summary>Jumps into the middle of a group may leave it without its address: such programs fault, and then only checked code runs.</summary>
    private static bool EndsAlike(Instruction[] program, byte[] data, string name)
    {
        using IMachineProgram reference = Run(Engine.Reference.Load, program, data);
        Machine* expected = reference.Memory.Machine;
        bool returns = expected->Status == RunStatus.Returned;
        foreach (JitOptions options in s_options)
        {
            if (!returns && !options.IsChecked) continue;
            using IMachineProgram compiled = Run(s_x64.With(options), program, data);
            Machine* got = compiled.Memory.Machine;
            bool agrees = (expected->Status, expected->Fault, expected->FaultPc) == (got->Status, got->Fault, got->FaultPc)
                && (!options.IsMetered || reference.Executed(Budget) == compiled.Executed(Budget));
            int shown = !returns ? 0 : options.ShowsRegisters ? (int)Register.R9 : 1;
            for (int r = 0; r < shown; r++) agrees &= expected->Registers[r] == got->Registers[r];
            if (!agrees) Assert.Fail($"{name}, {options}\n{Disassembler.Listing(program)}\n{Convert.ToHexString(data)}\nexpected {End(expected)}\ngot      {End(got)}");
        }

        return returns;
    }

    private static IMachineProgram Run(EngineLoad load, Instruction[] program, byte[] data)
    {
        IMachineProgram loaded = load(program, [], ProgramType.Unspecified, FusionPrograms.DataBytes, out _)!; // it is valid
        loaded.Prepare(data, Budget);
        loaded.RunPrepared();
        return loaded;
    }

    private static string End(Machine* m) =>
        $"{m->Status} {m->Fault} {m->FaultPc} {string.Join(' ', new ReadOnlySpan<ulong>(m->Registers, 9).ToArray().Select(r => $"{r:x}"))}";

    private static Mnemonic[] Body(string text, JitOptions options)
    {
        using var machine = new CompiledMachine(s_x64, $"r2 = 0x123456789 ll\nr3 = 3\n{text}\nexit", options);
        return [.. Disassembly.Of(((X64Program)machine.Program).Code).Select(each => each.Mnemonic)];
    }
}
