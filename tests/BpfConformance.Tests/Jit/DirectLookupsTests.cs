using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Jit;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Which map r1 is known to be, where a program calls a helper.</summary>
internal sealed class DirectLookupsTests
{
    [TestCase("r1 = map_by_idx(1) ll\ncall 1\nexit", 1)]
    [TestCase("r1 = map_by_fd(2) ll\nr2 = 5\nr2 = 7 ll\ncall 1\nexit", 2)]
    [TestCase("r6 = map_by_idx(3) ll\nr7 = r6\nr6 = 0\nr1 = r7\ncall 1\nexit", 3, Description = "through other registers")]
    [TestCase("r6 = map_by_idx(3) ll\ncall 7\nr1 = r6\ncall 1\nexit", 3, Description = "past a call that keeps it")]
    [TestCase("r1 = map_by_idx(0) ll\nif r3 == 0 goto end\ncall 1\nend:\nexit", 0, Description = "past a condition")]
    [TestCase("r1 = map_by_idx(0) ll\nr1 += 0\ncall 1\nexit", null, Description = "overwritten")]
    [TestCase("r6 = map_by_idx(0) ll\nw1 = w6\ncall 1\nexit", null, Description = "half of it")]
    [TestCase("r6 = map_by_idx(0) ll\nr1 = (s32)r6\ncall 1\nexit", null, Description = "half of it")]
    [TestCase("r1 = map_by_idx(0) ll\ncall 7\ncall 1\nexit", null, Description = "lost in a call")]
    [TestCase("r1 = map_by_idx(0) ll\nif r3 == 0 goto in\nr1 = map_by_idx(1) ll\nin:\ncall 1\nexit", null, Description = "one or the other")]
    [TestCase("r1 = map_val(map_by_idx(0)) + 0 ll\ncall 1\nexit", null, Description = "a value")]
    [TestCase("r1 = 5 ll\ncall 1\nexit", null, Description = "a number")]
    [TestCase("call 1\nexit", null, Description = "an argument")]
    public void Map_OfACall_IsKnownWhereNothingElseCanBe(string text, int? expected) => AssertKnown(text, expected);

    [TestCase(31, 0)]
    [TestCase(32, null)]
    public void Map_ThatWasLoadedLongBefore_IsNotSoughtForEver(int between, int? expected) =>
        AssertKnown($"r1 = map_by_idx(0) ll\n{string.Concat(Enumerable.Repeat("r0 += 1\n", between))}call 1\nexit", expected);

    private static void AssertKnown(string text, int? expected)
    {
        ImmutableArray<Instruction> program = Assembler.Assemble(text).Instructions;
        int call = Enumerable.Range(0, program.Length).Last(pc => program[pc].Opcode == Opcodes.Call);
        var flow = new ControlFlow([.. program]);
        Assert.That(DirectLookups.MapIn(program.AsSpan(), flow, call, Register.R1), Is.EqualTo(expected));
    }
}
