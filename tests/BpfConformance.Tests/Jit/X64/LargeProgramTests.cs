using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Programs as long as programs may be, made of what costs a compiler most: they are compiled in linear time, and right.</summary>
[TestFixture]
internal sealed unsafe class LargeProgramTests
{
    private const int Slots = 65_536;

    private static readonly Instruction s_exit = new(0x95, Register.R0, Register.R0, 0, 0);
    private static readonly Instruction s_one = new(0x04, Register.R0, Register.R0, 0, 1); // w0 += 1

    private static readonly JitOptions[] s_options = [JitOptions.Checked, JitOptions.Trusted];

    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void Sum_OfAMillionSlots_IsRight()
    {
        Instruction[] program = [.. Enumerable.Repeat(s_one, BpfProgram.MaxInstructions - 1), s_exit];
        foreach (JitOptions options in s_options) Assert.That(Run(program, options), Is.EqualTo((RunStatus.Returned, 999_999ul)));
    }

    [TestCase(0x15, 1, 0ul, Description = "to the end, when r0 is one: never")]
    [TestCase(0x55, 1, 1ul, Description = "to the end, when r0 is not one: at once")]
    public void Jumps_AllToTheEnd_LeadThere(byte opcode, int immediate, ulong result)
    {
        const int Reach = short.MaxValue;
        Instruction[] program =
        [
            .. Enumerable.Range(0, Slots - Reach - 2).Select(_ => new Instruction(0xb4, Register.R0, Register.R0, 0, 0)), // w0 = 0
            .. Enumerable.Range(0, Reach).Select(n => new Instruction(opcode, Register.R0, Register.R0, (short)(Reach - n), immediate)),
            new(0x05, Register.R0, Register.R0, 1, 0),
            s_one,
            s_exit,
        ];
        foreach (JitOptions options in s_options) Assert.That(Run(program, options), Is.EqualTo((RunStatus.Returned, result)));
    }

    [Test]
    public void Jumps_AllToTheNextSlot_LeadThere()
    {
        Instruction[] program = [.. Enumerable.Repeat(new Instruction(0x55, Register.R0, Register.R0, 0, 7), Slots - 2), s_one, s_exit];
        foreach (JitOptions options in s_options) Assert.That(Run(program, options), Is.EqualTo((RunStatus.Returned, 1ul)));
    }

    [Test]
    public void Calls_OfThousandsOfFunctions_AreRight()
    {
        // A call and a sum take two slots, and so does a function: each calls one that is as far away.
        const int Functions = Slots / 4;
        Instruction[] program =
        [
            .. Enumerable.Range(0, Functions).SelectMany(n => new[] { new Instruction(0x85, Register.R0, Register.R1, 0, (2 * Functions) + 1), new(0x0f, Register.R6, Register.R0, 0, 0) }),
            new(0xbf, Register.R0, Register.R6, 0, 0),
            s_exit,
            .. Enumerable.Range(0, Functions).SelectMany(_ => new[] { new Instruction(0xb7, Register.R0, Register.R0, 0, 3), s_exit }),
        ];
        foreach (JitOptions options in s_options) Assert.That(Run(program, options), Is.EqualTo((RunStatus.Returned, 3ul * Functions)));
    }

    [Test]
    public void Divisions_EachWithCodeAtTheSide_AreRight()
    {
        Instruction[] program = [s_one, .. Enumerable.Repeat(new Instruction(0x9f, Register.R0, Register.R3, 1, 0), Slots - 2), s_exit]; // r0 s%= r3: by zero
        foreach (JitOptions options in s_options) Assert.That(Run(program, options), Is.EqualTo((RunStatus.Returned, 1ul)));
    }

    [Test]
    public void Accesses_OfOneBlock_AreRight()
    {
        Instruction[] program = [.. Enumerable.Range(0, Slots - 2).Select(n => new Instruction(0x7a, Register.R1, Register.R0, (short)(8 * (n % 8)), n)), new(0x79, Register.R0, Register.R1, 56, 0), s_exit];
        foreach (JitOptions options in s_options) Assert.That(Run(program, options), Is.EqualTo((RunStatus.Returned, 65_527ul)));
    }

    [Test]
    public void PacketLoads_OfOneBlock_AreRight()
    {
        Instruction[] program = [new(0xbf, Register.R6, Register.R1, 0, 0), .. Enumerable.Repeat(new Instruction(0x30, Register.R0, Register.R0, 0, 1), Slots - 2), s_exit];
        foreach (JitOptions options in s_options) Assert.That(Run(program, options, ProgramType.SocketFilter), Is.EqualTo((RunStatus.Returned, 0x55ul)));
    }

    private static (RunStatus Status, ulong R0) Run(Instruction[] program, JitOptions options, ProgramType type = ProgramType.Unspecified)
    {
        long start = Stopwatch.GetTimestamp();
        using X64Program loaded = X64Program.TryLoad(new BpfProgram([.. program], type), [], dataBytes: 64, options, out _)!; // the tests' programs are right
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(2)));
        byte[] data = new byte[64];
        Array.Fill(data, (byte)0x55);
        loaded.Prepare(data, budget: 10_000_000);
        loaded.RunPrepared();
        return (loaded.Memory.Machine->Status, loaded.Memory.Machine->Registers[0]);
    }
}
