using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Tests.Abi.Instructions;
using NUnit.Framework;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Abi.Validation;

/// <summary>Programs as bytes, with the reason and the slot of what is wrong with them.</summary>
[TestFixture]
public sealed class ProgramValidatorTests
{
    private const string Exit = "9500000000000000";
    private const string R0Is1 = "b700000001000000";
    private const string Wide = "1800000001000000 0000000000000000";

    [TestCase(Exit)]
    [TestCase(R0Is1 + Exit)]
    [TestCase(Wide + Exit)]
    [TestCase("1820000000000000 0000000008000000" + Exit, Description = "an offset into a map's value")]
    [TestCase("0500000000000000" + Exit, Description = "a jump to the next instruction")]
    [TestCase("0500ffff00000000", Description = "a jump to itself never falls off")]
    [TestCase("1500010000000000" + R0Is1 + Exit)]
    [TestCase(R0Is1 + "1500feff00000000" + Exit, Description = "a loop")]
    [TestCase("8510000001000000" + Exit + Exit, Description = "a function")]
    [TestCase("1840000002000000 0000000000000000" + Exit + Exit, Description = "the address of a function reaches it")]
    [TestCase("6400000020000000" + Exit, Description = "shift by 32: the RFC masks, the kernel rejects")]
    [TestCase("3700000000000000" + Exit, Description = "division by an immediate 0: the RFC defines it")]
    [TestCase("e500000000000000" + Exit, Description = "may_goto")]
    [TestCase("8d01000000000000" + Exit, Description = "callx")]
    public void Validate_WellFormed_FindsNothing(string hex) => Assert.That(Validate(hex), Is.Null);

    [TestCase("", ReasonClass.EmptyProgram, 0)]

    [TestCase("0000000000000000" + Exit, ReasonClass.UnknownOpcode, 0)]
    [TestCase(R0Is1 + "ff00000000000000" + Exit, ReasonClass.UnknownOpcode, 1)]
    [TestCase("8f00000000000000" + Exit, ReasonClass.UnknownOpcode, 0, Description = "neg64 with a register source")]
    [TestCase("9600000000000000" + Exit, ReasonClass.UnknownOpcode, 0, Description = "exit of class JMP32")]

    [TestCase("0410000001000000" + Exit, ReasonClass.ReservedField, 0, Description = "src of add32-imm")]
    [TestCase("0400010001000000" + Exit, ReasonClass.ReservedField, 0, Description = "offset of add32-imm")]
    [TestCase("0c10000001000000" + Exit, ReasonClass.ReservedField, 0, Description = "imm of add32-reg")]
    [TestCase("3400020001000000" + Exit, ReasonClass.ReservedField, 0, Description = "offset 2 of div32")]
    [TestCase("bc10200000000000" + Exit, ReasonClass.ReservedField, 0, Description = "32-bit sign extension to 32 bits")]
    [TestCase("d400000008000000" + Exit, ReasonClass.ReservedField, 0, Description = "swap of 8 bits")]
    [TestCase("0500000001000000" + Exit, ReasonClass.ReservedField, 0, Description = "imm of ja")]
    [TestCase("8530000000000000" + Exit, ReasonClass.ReservedField, 0, Description = "src 3 of call")]
    [TestCase("8500010001000000" + Exit, ReasonClass.ReservedField, 0, Description = "offset of call")]
    [TestCase("9500000001000000", ReasonClass.ReservedField, 0, Description = "imm of exit")]
    [TestCase("9501000000000000", ReasonClass.ReservedField, 0, Description = "dst of exit")]
    [TestCase("6110000001000000" + Exit, ReasonClass.ReservedField, 0, Description = "imm of ldx32")]
    [TestCase("6211000001000000" + Exit, ReasonClass.ReservedField, 0, Description = "src of st32")]
    [TestCase("c310000002000000" + Exit, ReasonClass.ReservedField, 0, Description = "no such atomic")]
    [TestCase("c3100000e0000000" + Exit, ReasonClass.ReservedField, 0, Description = "xchg without FETCH")]
    [TestCase("d310000000000000" + Exit, ReasonClass.ReservedField, 0, Description = "an atomic add of 8 bits")]
    [TestCase("1870000000000000 0000000000000000" + Exit, ReasonClass.ReservedField, 0, Description = "src 7 of lddw")]
    [TestCase("1800010000000000 0000000000000000" + Exit, ReasonClass.ReservedField, 0, Description = "offset of lddw")]
    [TestCase("1800000000000000 0001000000000000" + Exit, ReasonClass.ReservedField, 0, Description = "registers of the second slot")]
    [TestCase("1800000000000000 0000010000000000" + Exit, ReasonClass.ReservedField, 0, Description = "offset of the second slot")]
    [TestCase("1810000000000000 0000000001000000" + Exit, ReasonClass.ReservedField, 0, Description = "next_imm of a map")]

    [TestCase("b70b000001000000" + Exit, ReasonClass.InvalidRegister, 0)]
    [TestCase("bfb0000000000000" + Exit, ReasonClass.InvalidRegister, 0)]
    [TestCase("bff0000000000000" + Exit, ReasonClass.InvalidRegister, 0)]
    [TestCase("61b0000000000000" + Exit, ReasonClass.InvalidRegister, 0)]
    [TestCase("620b000001000000" + Exit, ReasonClass.InvalidRegister, 0)]
    [TestCase("150b000001000000" + Exit, ReasonClass.InvalidRegister, 0)]
    [TestCase("180b000000000000 0000000000000000" + Exit, ReasonClass.InvalidRegister, 0)]
    [TestCase("50b0000000000000" + Exit, ReasonClass.InvalidRegister, 0)]
    [TestCase("8d0b000000000000" + Exit, ReasonClass.InvalidRegister, 0)]

    [TestCase("b70a000001000000" + Exit, ReasonClass.ReadOnlyRegister, 0)]
    [TestCase("611a000000000000" + Exit, ReasonClass.ReadOnlyRegister, 0)]
    [TestCase("870a000000000000" + Exit, ReasonClass.ReadOnlyRegister, 0)]
    [TestCase("d70a000010000000" + Exit, ReasonClass.ReadOnlyRegister, 0)]
    [TestCase("180a000000000000 0000000000000000" + Exit, ReasonClass.ReadOnlyRegister, 0)]
    [TestCase("dba1000001000000" + Exit, ReasonClass.ReadOnlyRegister, 0, Description = "fetch into r10")]
    [TestCase("dba10000e1000000" + Exit, ReasonClass.ReadOnlyRegister, 0, Description = "xchg with r10")]
    [TestCase("db1a000000010000" + Exit, ReasonClass.ReadOnlyRegister, 0, Description = "load-acquire into r10")]

    [TestCase("1800000001000000", ReasonClass.IncompleteWideInstruction, 0)]
    [TestCase(Exit + "1800000001000000", ReasonClass.IncompleteWideInstruction, 1)]
    [TestCase("1800000001000000" + Exit, ReasonClass.IncompleteWideInstruction, 0, Description = "exit is no second slot")]

    [TestCase("0500010000000000" + Wide + Exit, ReasonClass.JumpIntoWideInstruction, 0)]
    [TestCase(Wide + "1500feff00000000" + Exit, ReasonClass.JumpIntoWideInstruction, 2)]
    [TestCase("8510000001000000" + Wide + Exit, ReasonClass.JumpIntoWideInstruction, 0)]

    [TestCase("0500010000000000" + Exit, ReasonClass.JumpOutOfRange, 0)]
    [TestCase(R0Is1 + "0500fdff00000000", ReasonClass.JumpOutOfRange, 1)]
    [TestCase("1500ff7f00000000" + Exit, ReasonClass.JumpOutOfRange, 0)]
    [TestCase("1600008000000000" + Exit, ReasonClass.JumpOutOfRange, 0)]
    [TestCase("06000000ffffff7f" + Exit, ReasonClass.JumpOutOfRange, 0, Description = "the sum wraps")]
    [TestCase("0600000000000080" + Exit, ReasonClass.JumpOutOfRange, 0)]
    [TestCase("e500010000000000" + Exit, ReasonClass.JumpOutOfRange, 0)]

    [TestCase("8510000001000000" + Exit, ReasonClass.InvalidCallTarget, 0)]
    [TestCase(Exit + "8510000000000000", ReasonClass.InvalidCallTarget, 1)]
    [TestCase("85100000feffffff" + Exit, ReasonClass.InvalidCallTarget, 0)]
    [TestCase("1840000002000000 0000000000000000" + Exit, ReasonClass.InvalidCallTarget, 0)]

    [TestCase(R0Is1, ReasonClass.FallsOffEnd, 0)]
    [TestCase("1500000000000000", ReasonClass.JumpOutOfRange, 0, Description = "the next instruction is not there")]
    [TestCase("1500ffff00000000", ReasonClass.FallsOffEnd, 0)]
    [TestCase(R0Is1 + "1500feff00000000", ReasonClass.FallsOffEnd, 1)]
    [TestCase(Wide, ReasonClass.FallsOffEnd, 0)]
    [TestCase("8510000001000000" + Exit + R0Is1, ReasonClass.FallsOffEnd, 2, Description = "in a function")]
    [TestCase("8500000005000000", ReasonClass.FallsOffEnd, 0, Description = "a helper returns")]

    [TestCase(Exit + Exit, ReasonClass.UnreachableCode, 1)]
    [TestCase("0500010000000000" + R0Is1 + Exit, ReasonClass.UnreachableCode, 1)]
    [TestCase("0500020000000000" + Wide + Exit, ReasonClass.UnreachableCode, 1)]
    [TestCase("0500ffff00000000" + R0Is1 + Exit, ReasonClass.UnreachableCode, 1)]
    public void Validate_Malformed_GivesReasonAndPc(string hex, ReasonClass reason, int pc)
    {
        ValidationError? error = Validate(hex);
        Assert.That((error?.Reason, error?.Pc), Is.EqualTo(((ReasonClass?)reason, (int?)pc)), error?.Message);
        Assert.That(error!.Message, Is.Not.Empty);
    }

    [TestCase("b70b000001000000" + Exit, "mov64-imm has dst 11, expected a writable register r0–r9")]
    [TestCase("0400010001000000" + Exit, "add32-imm has offset 1, expected 0")]
    [TestCase("ff00000000000000" + Exit, "0xff is no opcode")]
    [TestCase("0500010000000000" + Exit, "leads to pc 2, expected 0 to 1")]
    public void Validate_Malformed_SaysWhatWasFoundAndExpected(string hex, string message) =>
        Assert.That(Validate(hex)!.Message, Is.EqualTo(message));

    [Property(MaxTest = 2000, Arbitrary = [typeof(InstructionArbitraries)])]
    public void Validate_AnySlots_NeverThrowsAndNamesASlot(AnyProgram program)
    {
        ValidationError? error = ProgramValidator.Validate(program.Slots.AsSpan());
        if (error is null) return;
        Assert.That(error.Pc, Is.InRange(0, Math.Max(0, program.Slots.Length - 1)));
        Assert.That(error.Reason, Is.Not.EqualTo(ReasonClass.None));
    }

    [TestCase("b700000001000000", Description = "straight")]
    [TestCase("1500000000000000", Description = "a jump on each")]
    [TestCase("15000100 00000000", Description = "a jump over the next on each")]
    [TestCase("8510000000000000", Description = "a call of the next on each")]
    [TestCase("1500ffff00000000", Description = "a jump to itself on each")]
    public void Validate_100000Slots_TakesLinearTime(string slot)
    {
        string text = slot.Replace(" ", string.Empty, StringComparison.Ordinal);
        Instruction one = Instruction.Read(Convert.FromHexString(text), ByteOrder.LittleEndian);
        var exit = new Instruction(0x95, 0, 0, 0);
        Instruction[] program = [.. Enumerable.Repeat(one, 100_000), exit, exit];
        if (one.Offset != 1) program = program[..^1];

        var clock = Stopwatch.StartNew();
        Assert.That(ProgramValidator.Validate(program), Is.Null);
        Assert.That(
            clock.Elapsed,
            Is.LessThan(TimeSpan.FromSeconds(2)), "0.03 s alone; quadratic time would be minutes");
    }

    private static ValidationError? Validate(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
        return ProgramValidator.Validate(BpfProgram.FromBytes(bytes).Instructions.AsSpan());
    }
}
