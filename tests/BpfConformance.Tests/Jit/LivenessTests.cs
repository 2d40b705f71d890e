using BpfConformance.Abi.Instructions;
using BpfConformance.Jit;
using NUnit.Framework;
using Assembler = BpfConformance.Loading.Assembly.Assembler;

namespace BpfConformance.Tests.Jit;

/// <summary>Which registers are read afterwards.</summary>
internal sealed class LivenessTests
{
    /// <summary>Jumps back in a row that are followed: of ten passes one is for the blocks between, and the last finds that nothing changes.</summary>
    private const int MostJumps = 8;

    private readonly Liveness _liveness = new();

    [Test]
    public void RandomPrograms_RegistersReadAfterwards_AreThoseOfTheDefinition([Values] bool showsRegisters)
    {
        int seed = RandomTest.Seed();
        int programs = RandomTest.Programs(3000);
        ushort atEnd = showsRegisters ? RegisterEffects.All : RegisterEffects.Result;
        int exact = 0;
        for (int n = 0; n < programs; n++)
        {
            Instruction[] program = new TangledPrograms(new Random(unchecked(seed + n))).Next();
            ushort[] expected = Definition(program, atEnd);
            _liveness.Compute(program, new ControlFlow(program), atEnd);
            ushort[] got = [.. Enumerable.Range(0, program.Length).Select(_liveness.After)];
            if (got.AsSpan().SequenceEqual(expected)) exact++;
            else Assert.That(got, Is.All.EqualTo(ushort.MaxValue), $"BPFCONF_SEED={unchecked(seed + n)}");
        }

        Assert.That(exact, Is.GreaterThan(programs * 9 / 10));
    }

    [TestCase("r6 = r1\nr0 = *(u8 *)skb[3]\nr7 = 1\nr8 = 1\nexit", 1, "6 7 8 9", Description = "a packet load may be the end, too")]
    [TestCase("r6 = r1\nr7 = 5 ll\nr8 = 1\nexit", 1, "0 1 2 3 4 5 6 9")]
    [TestCase("call f\nexit\nf:\nr8 = 1\nr0 = r7\nexit", 2, "7", Description = "whoever called sees r0 only")]
    [TestCase("call f\nexit\nf:\nexit", 2, "0", Description = "also where it only returns")]
    [TestCase("call f\nexit\nf:\nr0 = r7\nexit", 1, "0 1 2 3 4 5 6 7 8 9", Description = "the program's own end")]
    public void Registers_BeforeASlot_AreThoseThatAreRead(string text, int slot, string expected)
    {
        Instruction[] program = [.. Assembler.Assemble(text).Instructions];

        _liveness.Compute(program, new ControlFlow(program), RegisterEffects.All);

        Assert.That(RegisterMask.Names(_liveness.After(slot) & RegisterEffects.All), Is.EqualTo(expected));
    }

    [Test]
    public void Compute_ProgramsThatGrowByOneSlot_HaveRoom()
    {
        var liveness = new Liveness();
        for (int slots = 1; slots <= 40; slots++)
        {
            Instruction[] program = [.. Assembler.Assemble($"{string.Concat(Enumerable.Repeat("r0 = 0\n", slots - 1))}exit").Instructions];
            liveness.Compute(program, new ControlFlow(program), RegisterEffects.Result);
            Assert.That(liveness.After(slots - 1), Is.EqualTo(RegisterEffects.Result), $"{slots} slots");
        }
    }

    /// <summary>Each jump back is one pass more: the last block reads r6, and control comes to it from the end.</summary>
    [Test]
    public void Chain_OfJumpsBack_IsFollowedForSomeAndThenEverythingIsRead([Range(1, 14)] int jumps)
    {
        string blocks = string.Concat(Enumerable.Range(1, jumps).Select(n => $"b{n}:\nr1 += {n}\ngoto b{n - 1}\n"));
        Instruction[] program = [.. Assembler.Assemble($"goto b{jumps}\nb0:\nr0 = r6\nexit\n{blocks}").Instructions];
        ushort[] expected = jumps > MostJumps ? [.. Enumerable.Repeat(ushort.MaxValue, program.Length)] : Definition(program, RegisterEffects.Result);

        _liveness.Compute(program, new ControlFlow(program), RegisterEffects.Result);

        Assert.That(Enumerable.Range(0, program.Length).Select(_liveness.After), Is.EqualTo(expected));
    }

    /// <summary>Before each slot: read there, or afterwards and not written there; until nothing changes.</summary>
    private static ushort[] Definition(Instruction[] program, ushort atEnd)
    {
        var flow = new ControlFlow(program);
        int ownEnd = flow.IsStructured && flow.Functions.Length > 1 ? flow.Functions[1] : program.Length;
        var before = new ushort[program.Length];
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
            {
                int after = program[pc].Opcode == Opcodes.Exit ? (pc < ownEnd ? atEnd : RegisterEffects.Result) : 0;
                if (JumpTargets.IsJump(program[pc])) after |= before[JumpTargets.Of(program[pc], pc)];
                if (!JumpTargets.EndsBlock(program[pc])) after |= before[pc + (program[pc].IsWide ? 2 : 1)];
                var effects = RegisterEffects.Of(program[pc]);
                var now = (ushort)((after & ~effects.Writes) | effects.Reads);
                changed |= now != before[pc];
                before[pc] = now;
            }
        }

        return before;
    }
}
