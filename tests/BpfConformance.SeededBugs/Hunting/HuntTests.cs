using System.Collections.Immutable;
using BpfConformance.SeededBugs.Defects;
using NUnit.Framework;

namespace BpfConformance.SeededBugs.Hunting;

[TestFixture]
internal sealed class HuntTests
{
    private const ulong Seed = 1;

    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);

    /// <summary>A small part of the measurement: that nothing was lost. Which bugs so few programs find changes with each change of a generator.</summary>
    [Test]
    public void Fuzzer_WithFewPrograms_FindsMostBugs()
    {
        ImmutableArray<HuntResult> results = Hunt.Run(HuntMethod.Fuzzer, DefectCatalogue.All, new HuntLimits(Programs: 400, s_long), Seed);
        string[] missed = [.. results.Where(result => result.Catch is null).Select(result => result.Engine)];
        Assert.That(missed, Has.Length.LessThan(DefectCatalogue.All.Length / 3), $"seed {Seed} missed {string.Join(", ", missed)}");
    }

    [Test]
    public void Baseline_WithFewPrograms_FindsWhatIsEasy()
    {
        ImmutableArray<HuntResult> results = Hunt.Run(
            HuntMethod.Bytes, [DefectCatalogue.Named("X01-x64"), DefectCatalogue.Named("X05-x64") with { BreaksProcess = false }], new HuntLimits(Programs: 20_000, s_long), Seed);
        Assert.That(results.Select(result => result.Catch?.Oracle), Is.EquivalentTo(new[] { "verdict", "state" }), $"seed {Seed}");
    }

    /// <summary>What is found on an engine without a bug would be counted as found on each with one.</summary>
    [Test]
    public void Fuzzer_OnEnginesWithoutABug_FindsNothing()
    {
        ImmutableArray<HuntResult> results = Hunt.Run(HuntMethod.Fuzzer, DefectCatalogue.Controls, new HuntLimits(Programs: 150, s_long), Seed);
        Assert.That(results.Select(result => (result.Programs, result.Catch)), Is.EqualTo(Enumerable.Repeat((150, (HuntCatch?)null), 3)), $"seed {Seed}");
    }

    [Test]
    public void Hunt_OfTheSameSeed_EndsAtTheSameProgram()
    {
        DefectiveEngine[] engines = [DefectCatalogue.Named("I05-reference"), DefectCatalogue.Named("X12-x64")];
        (string, int)[][] ends = [.. Enumerable.Range(0, 2).Select(_ => Ends(engines))];
        Assert.That(ends[1], Is.EqualTo(ends[0]));
    }

    [Test]
    public void Hunt_WithoutTime_EndsAtOnce()
    {
        HuntResult result = Hunt.Run(HuntMethod.Fuzzer, [DefectCatalogue.Named("X16-x64")], new HuntLimits(Programs: 500, TimeSpan.Zero), Seed).Single();
        Assert.That((result.Programs, result.Catch), Is.EqualTo((1, (HuntCatch?)null)));
    }

    private static (string, int)[] Ends(DefectiveEngine[] engines) =>
        [.. Hunt.Run(HuntMethod.Fuzzer, engines, new HuntLimits(Programs: 500, s_long), Seed).Select(result => (result.Engine, result.Programs))];
}
