using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Tests.Cli;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class DeviationTests
{
    private static readonly TestCase s_case = VectorReader.Read("-- asm\nr0 = 5\nexit\n-- result\n5\n", "suite/base64/mov.vector", "base64/mov.vector");
    private static readonly Finding s_finding = new("expectation", "x", Facets.R0, 0, "r0 = 0x5", "r0 = 0x6");

    private static readonly DateOnly s_last = new(2027, 6, 30);

    private static Deviation Declared(string name, string? suite = null) => new(name, "known", "d/x.txt", 3, suite);

    private static CaseResult Result(CaseStatus status, params Finding[] findings) => new(s_case, "x", status, "because", [.. findings]);

    [Test]
    public void Read_NamesReasonsAndComments_AreTold()
    {
        Deviation[] read = [.. DeviationFile.Read("# a: b\n\n  base64/*: see https://example.org/1#2  \r\nx.vector:no\n", "f", "suite")];

        Assert.That(read, Has.Length.EqualTo(2));
        Assert.That((read[0].Name, read[0].Reason, read[0].Line, read[0].Suite), Is.EqualTo(("base64/*", "see https://example.org/1#2", 3, "suite")));
        Assert.That((read[1].Name, read[1].Reason, read[1].Line), Is.EqualTo(("x.vector", "no", 4)));
    }

    [Test]
    public void Read_OfSomeVersions_IsTold()
    {
        Deviation[] read = [.. DeviationFile.Read("sometimes until 2027-06-30 x.vector: fixed in 6.19\nsometimes.vector: no\n", "f", "suite")];

        Assert.That(read.Select(each => (each.Name, each.SometimesUntil)), Is.EqualTo(new (string, DateOnly?)[] { ("x.vector", s_last), ("sometimes.vector", null) }));
    }

    [TestCase(CaseStatus.Passed, CaseStatus.Passed)]
    [TestCase(CaseStatus.LegalDivergence, CaseStatus.LegalDivergence)]
    [TestCase(CaseStatus.Failed, CaseStatus.Deviates)]
    public void Apply_OfSomeVersions_MayBeRight(CaseStatus status, CaseStatus expected)
    {
        DeviationSet deviations = DeviationSet.Of("x", Declared("base64/*") with { SometimesUntil = s_last });

        Assert.That(deviations.Apply(Result(status, status == CaseStatus.Failed ? [s_finding] : [])).Status, Is.EqualTo(expected));
    }

    [TestCase("x.vector", 1, "expected 'NAME: REASON'")]
    [TestCase("# fine\n: why", 2, "expected 'NAME: REASON'")]
    [TestCase("x.vector:", 1, "'x.vector' needs a reason: 'NAME: REASON'")]
    [TestCase("x.vector: 42 -", 1, "'x.vector' needs a reason: 'NAME: REASON'")]
    [TestCase("sometimes x: a", 1, "expected 'sometimes until YYYY-MM-DD NAME: REASON'")]
    [TestCase("y: b\nsometimes until 2027-6-30 x: a", 2, "expected 'sometimes until YYYY-MM-DD NAME: REASON'")]
    [TestCase("sometimes until 2027-06-31 x: a", 1, "expected 'sometimes until YYYY-MM-DD NAME: REASON'")]
    [TestCase("sometimes until 2027-06-30: a", 1, "expected 'sometimes until YYYY-MM-DD NAME: REASON'")]
    [TestCase("x: a\ny: b\nx: c", 3, "'x' is there twice, first in line 1")]
    [TestCase("x: \u001b[2J", 1, "found the control character U+001B, expected none but tabs, and LF or CR LF at the end of lines")]
    [TestCase("x: a\n# \f", 2, "found the control character U+000C, expected none but tabs, and LF or CR LF at the end of lines")]
    [TestCase("x: a\ry: b", 1, "found the control character U+000D, expected none but tabs, and LF or CR LF at the end of lines")]
    [TestCase("x: 1\u00a0\ny: 2\u2028z: b", 1, "'x' needs a reason: 'NAME: REASON'")]
    public void Read_WrongLine_NamesIt(string text, int line, string problem)
    {
        BpfFormatException bad = Assert.Throws<BpfFormatException>(() => DeviationFile.Read(text, "f", suite: null));

        Assert.That((bad.Line, bad.Problem), Is.EqualTo((line, problem)));
    }

    [Test]
    public void Read_TooMuch_IsRefused()
    {
        string lines = string.Concat(Enumerable.Range(0, 10_001).Select(i => $"c{i}: why\n"));

        Assert.That(Assert.Throws<BpfFormatException>(() => DeviationFile.Read(lines, "f", null)).Problem, Is.EqualTo("expected at most 10000 deviations"));
        Assert.That(
            Assert.Throws<BpfFormatException>(() => DeviationFile.Read("x: " + new string('y', 4094), "f", null)).Problem,
            Is.EqualTo("4097 characters, expected at most 4096"));
    }

    [TestCase("base64/mov.vector", null, true)]
    [TestCase("*/mov*", null, true)]
    [TestCase("mov.vector", null, false)]
    [TestCase("base64/mov.vector", "suite", true)]
    [TestCase("base64/mov.vector", "suite/base64", false)]
    [TestCase("*", "suite", true)]
    [TestCase("*", "suite/base32", false)]
    [TestCase("*", "other", false)]
    public void Covers_NameAndSuite_AreBothHeld(string name, string? suite, bool covers) =>
        Assert.That(Declared(name, suite).Covers(s_case), Is.EqualTo(covers));

    [Test]
    public void Apply_DeclaredFailure_IsADeviationWithItsReasonAndFindings()
    {
        CaseResult applied = DeviationSet.Of("x", Declared("*")).Apply(Result(CaseStatus.Failed, s_finding));

        Assert.That((applied.Status, applied.Reason), Is.EqualTo((CaseStatus.Deviates, "known (d/x.txt:3)")));
        Assert.That(applied.Findings, Is.EqualTo(new[] { s_finding }));
    }

    [TestCase(CaseStatus.Passed)]
    [TestCase(CaseStatus.LegalDivergence)]
    public void Apply_DeclaredCaseThatIsRight_Fails(CaseStatus status)
    {
        CaseResult applied = DeviationSet.Of("x", Declared("*")).Apply(Result(status));

        Assert.That((applied.Status, applied.Reason), Is.EqualTo((CaseStatus.Failed, "expected the deviation: known (d/x.txt:3), but it passed")));
        Assert.That(applied.Findings.Single().Oracle, Is.EqualTo("deviations"));
    }

    [TestCase(CaseStatus.Unsupported)]
    [TestCase(CaseStatus.Inconclusive)]
    public void Apply_WhatWasNotCompared_StaysSo(CaseStatus status) =>
        Assert.That(DeviationSet.Of("x", Declared("*")).Apply(Result(status)).Status, Is.EqualTo(status));

    [Test]
    public void Apply_Crash_StaysAFailure()
    {
        var crash = new Finding(CrashOracle.OracleName, "x", Facets.Status, null, "an answer", "crashed");

        Assert.That(DeviationSet.Of("x", Declared("*")).Apply(Result(CaseStatus.Failed, crash)).Status, Is.EqualTo(CaseStatus.Failed));
    }

    [Test]
    public void Apply_AnotherTargetOrCase_ChangesNothing()
    {
        CaseResult failed = Result(CaseStatus.Failed, s_finding);

        Assert.That(DeviationSet.Of("y", Declared("*")).Apply(failed), Is.SameAs(failed));
        Assert.That(DeviationSet.Of("x", Declared("base32/*")).Apply(failed), Is.SameAs(failed));
    }

    [Test]
    public void Load_BesideTheCases_ReadsTheFilesOfTheTargetsOnly()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.FullName, "deviations"));
        string file = folder.Write("deviations/x.txt", "nothing.vector: gone\n");
        folder.Write("deviations/y.txt", "not a line");

        var whole = new SuitePart(folder.FullName, IsWhole: true);
        var set = DeviationSet.Load([whole], instead: null, ["x", "z"], today: default);

        Assert.That(set.Errors, Is.Empty);
        Assert.That(set.WithoutCase(new CaseSet([s_case], [], []) { Suites = [whole with { IsWhole = false }] }), Is.Empty);
        Assert.That(set.WithoutCase(new CaseSet([s_case], [], []) { Suites = [whole] }), Is.EqualTo(new[] { new CaseError(file, 1, 0, "there is no case 'nothing.vector'") }));
        Assert.That(DeviationSet.Load([whole], null, ["y"], today: default).Errors, Is.EqualTo(
            new[] { new CaseError(Path.Combine(folder.FullName, "deviations", "y.txt"), 1, 0, "expected 'NAME: REASON'") }));
    }

    [TestCase(0, CaseStatus.Deviates)]
    [TestCase(1, CaseStatus.Failed)]
    public void Load_OfSomeVersions_CountsUntilItsLastDay(int daysLater, CaseStatus expected)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("x.txt", "# versions differ\nsometimes until 2027-06-30 base64/*: known\n");

        var set = DeviationSet.Load([], folder.FullName, ["x"], s_last.AddDays(daysLater));

        Assert.That(set.Apply(Result(CaseStatus.Failed, s_finding)).Status, Is.EqualTo(expected));
        Assert.That(set.Errors, Is.EqualTo(daysLater == 0 ? [] : new[] { new CaseError(file, 2, 0, "'base64/*' was known until 2027-06-30: look at it again") }));
    }
}
