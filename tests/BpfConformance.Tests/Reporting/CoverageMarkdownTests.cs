using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Coverage;
using BpfConformance.Reporting;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting;

[TestFixture]
public sealed class CoverageMarkdownTests
{
    private static CoverageReport Sample { get; } = new(
    [
        new(
            new RowCoverage(InstructionTable.Named("add64-reg"), 3, 1, 1234)
            {
                OperandPairs = 1000,
                Registers = new RegisterCoverage(100, 100, 2),
            },
            []),
        new(
            new RowCoverage(InstructionTable.Named("jeq64-imm"), 2, 0, 10)
            {
                OperandPairs = 2,
                Registers = new RegisterCoverage(3, 10, 0),
                Distances = new ClassCoverage(ValueClasses.ConditionalDistances, 0b11),
                Immediates = new ClassCoverage(ValueClasses.Immediates, 0b11111111110),
                Ways = (0, 9),
            },
            []),
        new(
            new RowCoverage(InstructionTable.Named("lddw-var"), 0, 2, 0) { Registers = new RegisterCoverage(0, 10, 0) },
            [ResultDefect.NullAddress]),
        new(
            new RowCoverage(InstructionTable.Named("st32"), 1, 0, 5)
            {
                OperandPairs = 5,
                Registers = new RegisterCoverage(10, 10, 1),
                Offsets = new ClassCoverage(ValueClasses.Offsets, 0x7fff),
                Immediates = new ClassCoverage(ValueClasses.Immediates, 0x7ff),
            },
            [ResultDefect.LastByte]),
        new(
            new RowCoverage(InstructionTable.Named("neg32"), 0, 0, 0) { OperandPairs = 0, Registers = new RegisterCoverage(0, 10, 0) },
            [ResultDefect.LowBit, ResultDefect.TopBit]),
    ]);

    [Test]
    public void Write_Rows_AsTheyAre()
    {
        var writer = new StringWriter();
        CoverageMarkdown.Write(Sample, writer);

        Snapshot.Verify(writer.ToString());
    }

    [Test]
    public void Deficient_Rows_AreThoseNotObservedOrThinWithoutAnExcuse() =>
        Assert.That(Sample.Deficient.Select(row => row.Name), Is.EqualTo(new[] { "jeq64-imm", "st32", "neg32" }));

    [Test]
    public void Groups_CountTheirRows()
    {
        CoverageGroup base64 = Sample.Groups.Single(group => group.Group == ConformanceGroup.Base64);

        Assert.That((base64.Rows.Length, base64.Covered, base64.Observed, base64.Excused, base64.Thin), Is.EqualTo((3, 2, 2, 1, 1)));
        Assert.That(base64.RegisterPairs, Is.EqualTo((1, 1)));
    }
}
