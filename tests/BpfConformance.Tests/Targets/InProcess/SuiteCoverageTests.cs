using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

[TestFixture]
public sealed class SuiteCoverageTests
{
    private static readonly TestCase s_overwrites = VectorReader.Read("-- asm\nr0 = 5\nr0 += 2\nr0 = 7\nexit\n-- result\n7\n", "tiny.vector", "tiny.vector");
    private static readonly TestCase s_cuts = VectorReader.Read("-- asm\nr0 = 5\nr0 += 2\nw0 = w0\nexit\n-- result\n7\n", "tiny.vector", "tiny.vector");

    [Test]
    public void Measure_Cases_GivesEachRowWithTheDefectsThatNoneOfThemSees()
    {
        Assert.That(Unseen(s_overwrites), Is.EqualTo(new[] { ResultDefect.LowBit, ResultDefect.TopBit }));
        Assert.That(Unseen(s_overwrites, s_cuts), Is.EqualTo(new[] { ResultDefect.TopBit }));

        static ImmutableArray<ResultDefect> Unseen(params ImmutableArray<TestCase> cases) =>
            SuiteCoverage.Measure(cases, _ => { }, CancellationToken.None).Single(row => row.Seen.Row.Name == "add64-imm").Unseen;
    }

    [Test]
    public void Measure_Cases_AnswersInTheOrderOfTheTableAndTellsHowManyRan()
    {
        var told = new List<int>();

        Assert.That(
            SuiteCoverage.Measure([s_overwrites, s_cuts], told.Add, CancellationToken.None).Select(row => row.Seen.Row),
            Is.EqualTo(InstructionTable.Rows));
        Assert.That(told, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void Measure_ThatIsCancelled_Ends() =>
        Assert.That(
            () => SuiteCoverage.Measure([s_overwrites], _ => { }, new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
}
