using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Loading.Assembly;
using FsCheck;
using NUnit.Framework;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Loading.Assembly;

/// <summary>What the disassembler writes, the assembler reads back; what it reads, it accepts or says why not.</summary>
[TestFixture]
public sealed class RoundTripTests
{
    [TestCaseSource(nameof(RowsInBothSyntaxes))]
    public void Format_EveryRow_HasASpellingThatReadsBack(InstructionDef row, Syntax syntax)
    {
        foreach (ImmutableArray<Instruction> slots in Corners(row))
        {
            string text = Disassembler.Format(slots.AsSpan(), 0, syntax);
            Assert.That(text, Does.Not.StartWith(".raw"));
            Assert.That(Assembler.Assemble(text).Instructions, Is.EqualTo(slots), text);
        }
    }

    [Property(MaxTest = 2000, Arbitrary = [typeof(AssemblyArbitraries)])]
    public void Format_ValidInstruction_ReadsBack(ValidInstruction instruction)
    {
        foreach (Syntax syntax in Enum.GetValues<Syntax>())
        {
            string text = Disassembler.Format(instruction.Slots.AsSpan(), 0, syntax);
            Assert.That(Assembler.Assemble(text).Instructions, Is.EqualTo(instruction.Slots), text);
        }
    }

    [Property(MaxTest = 1000, Arbitrary = [typeof(AssemblyArbitraries)])]
    public void Listing_AnySlots_ReadsBack(AnySlots program)
    {
        foreach (Syntax syntax in Enum.GetValues<Syntax>())
        {
            string text = Disassembler.Listing(program.Slots.AsSpan(), syntax);
            Assert.That(Assembler.Assemble(text).Instructions, Is.EqualTo(program.Slots), text);
        }
    }

    [Property(MaxTest = 2000, Arbitrary = [typeof(AssemblyArbitraries)])]
    public void Assemble_MutatedText_SucceedsOrSaysWhere(MutatedText text) => AssertSucceedsOrSaysWhere(text.Text);

    [Property(MaxTest = 1000)]
    public void Assemble_AnyText_SucceedsOrSaysWhere(NonNull<string> text) => AssertSucceedsOrSaysWhere(text.Get);

    [TestCase("r1 = ")]
    [TestCase("(")]
    [TestCase("a:\n")]
    [TestCase("exit\n")]
    [TestCase("9")]
    [TestCase("+")]
    [TestCase(" ")]
    public void Assemble_100kBOfOnePiece_TakesLinearTime(string piece)
    {
        string text = string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        AssertSucceedsOrSaysWhere(text);
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    /// <summary>The row with the least and the greatest value in every field that is free.</summary>
    private static IEnumerable<ImmutableArray<Instruction>> Corners(InstructionDef row) =>
        from dst in Values(row.Dst, 0, 9)
        from src in Values(row.Src, 0, 9)
        from offset in Values(row.Offset, short.MinValue, 0, short.MaxValue)
        from immediate in Values(row.Immediate, int.MinValue, -1, 0, int.MaxValue)
        from next in Values(row.NextImmediate ?? FieldRule.Zero, int.MinValue, -1, 0, int.MaxValue)
        let first = new Instruction(row.Opcode, (Register)dst, (Register)src, (short)offset, immediate)
        select row.IsWide ? ImmutableArray.Create(first, new Instruction(0, 0, 0, next)) : [first];

    private static int[] Values(FieldRule rule, params int[] values) =>
        rule.Kind is FieldRuleKind.Zero or FieldRuleKind.Exactly ? [rule.Value] : values;

    private static void AssertSucceedsOrSaysWhere(string text)
    {
        try
        {
            AssembledProgram program = Assembler.Assemble(text, firstLine: 7);
            Assert.That(program.Lines, Has.Length.EqualTo(program.Instructions.Length).And.All.GreaterThanOrEqualTo(7));
        }
        catch (BpfFormatException exception)
        {
            int lines = text.Count(c => c == '\n') + 1;
            Assert.That(exception.Line, Is.InRange(7, 6 + lines));
            Assert.That(exception.Column, Is.InRange(1, text.Length + 1));
            Assert.That(exception.Problem, Has.Length.InRange(1, 400).And.Not.Contains("\n"));
        }
    }

    private static IEnumerable<TestCaseData> RowsInBothSyntaxes() =>
        from row in InstructionTable.Rows
        from syntax in Enum.GetValues<Syntax>()
        select new TestCaseData(row, syntax).SetArgDisplayNames(row.Name, syntax.ToString());
}
