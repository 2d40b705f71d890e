using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Oracles.Variants;
using BpfConformance.Engine.Reduction;
using BpfConformance.Engine.Targets;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Reporting.Reproducers;
using BpfConformance.Targets.InProcess;
using BpfConformance.Tests.Cli;
using BpfConformance.Tests.Engine;
using BpfConformance.Tests.Engine.Reduction;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting.Reproducers;

/// <summary>What is made of a finding, and is found again from it.</summary>
public sealed class FiledFindingTests
{
    [Test]
    public void Filer_OfAHardenedCampaign_SaysSoOfWhatItDoesNotTryAgain()
    {
        using var reference = new ReferenceTarget();
        IExecutionTarget[] targets = [reference, new FakeTarget("kernel")];
        Experiment experiment = new ExperimentRunner(targets).Run(ReducerTests.CaseOf("r0 = 7\nexit") with { Inputs = [new CaseInput(0, default, null, null)] });
        var finding = new Finding(CrashOracle.OracleName, "kernel", Facets.Status, null, "accepted", "crashed");
        var filer = new ReducingFiler(targets, OracleSet.ForGeneratedOn(targets), asking: null) { IsHardened = true };

        FoundCase filed = filer.File(new CaseId("valid", 1, 2), experiment, finding, filer.SignatureOf(experiment, finding));

        Assert.That(filed.Files["case.vector"], Does.Contain("found with net.core.bpf_jit_harden = 2"));
        Assert.That(filed.WhyNotFiled, Is.EqualTo("kernel is not asked again about what broke it"));
    }

    [TestCase("0x7", false)]
    [TestCase(null, true)]
    public void Page_OfStepsThatWereNotShown_SaysThatTheyMayDiffer(string? got, bool isSaid)
    {
        TestCase test = ReducerTests.CaseOf("r0 = 7\nexit");
        var finding = new Finding("state", "x", Facets.R0, 0, "7", "8");
        var step = new PathStep(0, IrCode.Move(Register.R0, 7), Jumps: false, Depth: 0);
        var page = new FindingPage(
            new ReducedFinding(test, finding, new FindingSignature("state", "x", "exit", "R0"), new ReductionResult(test, ReductionEnd.Minimal, 0, [])),
            new FakeTarget("reference"),
            new FakeTarget("x"),
            [new StepState(step, 0, "r0", "0x7", got, Differs: false), new StepState(new PathStep(1, IrCode.Exit, Jumps: false, Depth: 0), 1, "r0", "0x7", "0x8", Differs: true)],
            []);

        Assert.That(page.ToMarkdown().Contains("Where nothing is shown, they may differ already.", StringComparison.Ordinal), Is.EqualTo(isSaid));
    }

    [TestCase("kernel", true)]
    [TestCase("x64", false)]
    public void FiledFinding_OfHardenedCode_SaysSoOfTheKernelAlone(string name, bool isSaid)
    {
        using var reference = new ReferenceTarget();
        var wrong = FakeTarget.Returning(name, 9);
        var inspector = new FindingInspector(reference, wrong, OracleSet.ForGeneratedOn([reference, wrong]));

        // Of two runs there is no program in C, which would be run.
        TestCase test = ReducerTests.CaseOf("r0 = 7\nexit") with { Inputs = [new CaseInput(0, default, null, null), new CaseInput(1, default, null, null)] };
        Finding finding = inspector.Judge(test)[0];
        var reduced = new ReducedFinding(test, finding, inspector.SignatureOf(test, finding), new ReductionResult(test, ReductionEnd.Minimal, 0, []));
        using var folder = new TemporaryFolder();

        var filed = FiledFinding.Write(folder.FullName, reduced, reference, wrong, isHardened: true);

        string page = File.ReadAllText(Path.Combine(filed.Path, "README.md"));
        Assert.That(page.Contains("; found with net.core.bpf_jit_harden = 2.\n", StringComparison.Ordinal), Is.EqualTo(isSaid), page);
        Assert.That(page.Contains($"bpfconf replay {filed.Signature.Slug} --jit-harden\n", StringComparison.Ordinal), Is.EqualTo(isSaid), page);
        Assert.That(File.ReadAllText(filed.Vector).Contains("found with net.core.bpf_jit_harden = 2\n", StringComparison.Ordinal), Is.EqualTo(isSaid));
    }

    [Test]
    public void Filer_OfAVariantWithAFlag_KeepsTheFlag_AndItIsFoundAgain()
    {
        using var reference = new ReferenceTarget();
        IExecutionTarget[] targets = [reference, WrongWith(ProgramFlags.TestRndHi32)];
        TestCase test = ReducerTests.CaseOf("r6 = 1\nr0 = 7\nexit") with { Inputs = [new CaseInput(0, default, null, null)] };
        VariantExperiment experiment = new VariantRunner(targets, targets).Run(test, [.. CaseVariants.WithFlags(test)]);
        Finding finding = VariantOracle.Judge(experiment).Single();
        var filer = new ReducingFiler(targets, OracleSet.ForGeneratedOn(targets), asking: null);
        using var folder = new TemporaryFolder();

        FoundCase filed = filer.File(new CaseId("valid", 1, 2), experiment.Given, finding, filer.SignatureOf(experiment.Given, finding));

        foreach ((string name, string text) in filed.Files) folder.Write(name, text);
        Assert.That(filed.Signature.Oracle, Is.EqualTo("variant rnd-hi32"));
        Assert.That(filed.Files["case.vector"], Does.Contain("-- flags\ntest_rnd_hi32\n-- asm\n").And.Contain("-- result\n0x7\n"));
        Assert.That(filed.Files["README.md"], Does.Contain("Loaded with:\n\n```text\n-- flags\ntest_rnd_hi32\n"));
        var replay = new FindingReplay(name => name == "x" ? WrongWith(ProgramFlags.TestRndHi32) : new ReferenceTarget(), TimeSpan.FromSeconds(30));
        Assert.That(replay.Run(folder.FullName, new DateOnly(2026, 1, 1)).State, Is.EqualTo(ReplayState.StillThere));
    }

    /// <summary>An address is no result, and the map is needed all the same.</summary>
    [Test]
    public void FiledFinding_OfWhatCannotBeStated_HasAVectorOfTheRest_AndIsFoundAgain()
    {
        using var reference = new ReferenceTarget();
        TestCase test = ReducerTests.CaseOf("r1 = map_by_fd(0) ll\nr0 = r10\nexit") with
        {
            Maps = [new MapDefinition("counters", MapType.Hash, 4, 8, 4)],
            Inputs = [new CaseInput(0, new byte[] { 1, 2 }, null, null)],
        };
        var inspector = new FindingInspector(reference, Crashing(), OracleSet.ForGeneratedOn([]));
        Finding finding = inspector.Judge(test)[0];
        var reduced = new ReducedFinding(test, finding, inspector.SignatureOf(test, finding), new ReductionResult(test, ReductionEnd.Minimal, 0, []));
        using var folder = new TemporaryFolder();

        var filed = FiledFinding.Write(folder.FullName, reduced, reference, Crashing(), options: "--target plugin:/x");

        string page = File.ReadAllText(Path.Combine(filed.Path, "README.md"));
        Assert.That(File.ReadAllText(filed.Vector), Does.Contain("-- maps\ncounters: hash key 4 value 8 entries 4\n-- asm\n").And.EndWith("-- faults\nor returns\n-- memory\n0102\n"));
        Assert.That(page, Does.Contain("| `case.vector` | read back, run, and it shows the same |").And.Contain("| `case.hex` | the instructions alone: read back and run with what they are given above, they show the same |"));
        Assert.That(page, Does.Contain($"bpfconf replay {filed.Signature.Slug} --target plugin:/x\n"));
        Assert.That(File.ReadAllText(Path.Combine(filed.Path, "case.asm")), Does.StartWith("# -- maps\n# counters: hash key 4 value 8 entries 4\n# -- memory of run 1\n# 0102\n"));
        var replay = new FindingReplay(name => name == "x" ? Crashing() : new ReferenceTarget(), TimeSpan.FromSeconds(30));
        Assert.That(replay.Run(filed.Path, new DateOnly(2026, 1, 1)).State, Is.EqualTo(ReplayState.StillThere));
    }

    [Test]
    public void Filer_OfWhatComesAndGoes_SaysSo()
    {
        using var reference = new ReferenceTarget();
        IExecutionTarget[] targets = [reference, FakeTarget.Returning("x", 7)];
        Experiment experiment = new ExperimentRunner(targets).Run(ReducerTests.CaseOf("r0 = 7\nexit"));
        var finding = new Finding("state", "x", Facets.R0, 0, "7", "8");

        FoundCase filed = new ReducingFiler(targets, OracleSet.ForGeneratedOn(targets), asking: null).File(new CaseId("valid", 1, 2), experiment, finding, new FindingSignature("state", "x", string.Empty, "R0"));

        Assert.That((filed.WhyNotFiled, string.Join(' ', filed.Files.Keys)), Is.EqualTo(("its case was run again at once, and did not show it", "case.vector")));
    }

    [Test]
    public void Filer_OfWhatNoVectorShows_SaysSo()
    {
        using var reference = new ReferenceTarget();
        IExecutionTarget[] targets = [reference, new FakeTarget("x") { OnLoad = _ => Verdict.Crashed("no") }];
        Experiment experiment = new ExperimentRunner(targets).Run(ReducerTests.CaseOf("r0 = 7\nexit") with { Inputs = [] });
        var finding = new Finding(CrashOracle.OracleName, "x", Facets.Status, null, "an answer", "crashed");
        var filer = new ReducingFiler(targets, OracleSet.ForGeneratedOn([]), asking: null);

        FoundCase filed = filer.File(new CaseId("valid", 1, 2), experiment, finding, new FindingSignature("crash", "x", string.Empty, "Status"));

        Assert.That(filed.WhyNotFiled, Is.EqualTo("there is no vector that shows it; README.md says why, and of the other files"));
        Assert.That(filed.Files["README.md"], Does.Contain("| `case.vector` | not written: there is no run |"));
    }

    [Test]
    public void Filer_OfAnException_KeepsWhereItCameFrom()
    {
        using var reference = new ReferenceTarget();
        IExecutionTarget[] targets = [reference, new FakeTarget("x") { OnRun = (_, _, _) => throw new InvalidOperationException("oops") }];
        Experiment experiment = new ExperimentRunner(targets).Run(ReducerTests.CaseOf("r0 = 7\nexit"));
        Finding finding = OracleSet.ForGeneratedOn(targets).Judge(experiment).Single();
        var filer = new ReducingFiler(targets, OracleSet.ForGeneratedOn(targets), asking: null);

        FoundCase filed = filer.File(new CaseId("valid", 1, 2), experiment, finding, filer.SignatureOf(experiment, finding));

        Assert.That(filed.Summary, Is.EqualTo("load: expected an answer, got crashed: InvalidOperationException in the target: oops"));
        Assert.That(filed.Text.Split('\n'), Has.Length.InRange(3, 21).And.Some.Contains(nameof(Filer_OfAnException_KeepsWhereItCameFrom)));
        Assert.That(filed.Files["README.md"], Does.Contain("The exception came from:\n\n```text\nat "));
    }

    [Test]
    public void FiledFinding_WithoutAVector_IsNotSaidToBeReplayed()
    {
        using var reference = new ReferenceTarget();
        TestCase test = ReducerTests.CaseOf("r0 = r10\nexit") with { Inputs = [] };
        var finding = new Finding(CrashOracle.OracleName, "x", Facets.Status, null, "an answer", "crashed");
        using var folder = new TemporaryFolder();

        var filed = FiledFinding.Write(folder.FullName, new ReducedFinding(test, finding, new FindingSignature("crash", "x", string.Empty, "Status"), new ReductionResult(test, ReductionEnd.Minimal, 0, [])), reference, new FakeTarget("x"));

        Assert.That(File.ReadAllText(Path.Combine(filed.Path, "README.md")), Does.Not.Contain("bpfconf replay state").And.EndWith("\nThere is no vector, and so `bpfconf replay` cannot see whether it is still there.\n"));
    }

    [Test]
    public void FiledFinding_OverOneThatWasNotFiled_IsFiled()
    {
        using var reference = new ReferenceTarget();
        TestCase test = ReducerTests.CaseOf("r0 = 7\nexit");
        var finding = new Finding("state", "x", Facets.R0, 0, "7", "8");
        var reduced = new ReducedFinding(test, finding, new FindingSignature("state", "x", string.Empty, "R0"), new ReductionResult(test, ReductionEnd.Minimal, 0, []));
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.FullName, reduced.Signature.Slug));
        string why = folder.Write(Path.Combine(reduced.Signature.Slug, "not-filed.txt"), "it comes and goes\n");

        FiledFinding.Write(folder.FullName, reduced, reference, FakeTarget.Returning("x", 8));

        Assert.That(why, Does.Not.Exist);
    }

    [Test]
    public void FiledFinding_OfAMutant_HoldsWhatShowsIt_AndIsFoundAgain()
    {
        Mutant mutant = MutantCatalogue.All.Single(each => each.Name == "mul64-imm/does-add");
        using var reference = new ReferenceTarget();
        using var wrong = new MutantTarget("wrong", mutant.CreateHandlers());
        var inspector = new FindingInspector(reference, wrong, OracleSet.ForGeneratedOn([reference, wrong]));
        TestCase test = ReducerTests.CaseOf(ReproducerTests.WithMemory) with { Inputs = [new CaseInput(0, Convert.FromHexString("0200000009000000"), null, null)] };
        ReducedFinding reduced = inspector.Reduce(test, inspector.Judge(test)[0], Reducer.Default, CancellationToken.None);
        using var folder = new TemporaryFolder();

        var filed = FiledFinding.Write(folder.FullName, reduced, reference, wrong);

        Assert.That(
            Directory.GetFiles(filed.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Is.EqualTo((string[])["README.md", "case.asm", "case.c", "case.data", "case.hex", "case.insns.h", "case.vector", "signature"]));
        Assert.That(File.ReadAllText(Path.Combine(filed.Path, "README.md")), Does.Contain("| 1 | `r0 *= 1` | r0 | 0x0 | 0x1 | ≠ |"));
        var replay = new FindingReplay(name => name == "wrong" ? new MutantTarget("wrong", mutant.CreateHandlers()) : new ReferenceTarget(), TimeSpan.FromSeconds(30));
        Assert.That(replay.Run(FiledFinding.In(folder.FullName).Single(), new DateOnly(2026, 1, 1)).State, Is.EqualTo(ReplayState.StillThere));
        var healthy = new FindingReplay(_ => new ReferenceTarget(), TimeSpan.FromSeconds(30));
        Assert.That(healthy.Run(filed.Path, new DateOnly(2026, 1, 1)).State, Is.EqualTo(ReplayState.Gone));
    }

    [Test]
    public void FiledFinding_OfAVerdict_IsFoundAgain()
    {
        using var reference = new ReferenceTarget();
        var lenient = new FakeTarget("lenient");
        var inspector = new FindingInspector(reference, lenient, OracleSet.ForGeneratedOn([reference, lenient]));
        TestCase test = ReducerTests.CaseOf("r0 = 0\n.raw 0xff\nexit");
        using var folder = new TemporaryFolder();

        var filed = FiledFinding.Write(folder.FullName, inspector.Reduce(test, inspector.Judge(test)[0], Reducer.Default, CancellationToken.None), reference, lenient);

        Assert.That(filed.Signature, Is.EqualTo(new FindingSignature("verdict", "lenient", "UnknownOpcode", "Status")));
        var replay = new FindingReplay(name => name == "lenient" ? new FakeTarget("lenient") : new ReferenceTarget(), TimeSpan.FromSeconds(30));
        Assert.That(replay.Run(filed.Path, new DateOnly(2026, 1, 1)).State, Is.EqualTo(ReplayState.StillThere));
    }

    /// <summary>It returns the largest immediate, but with the flag 9 for 7.</summary>
    private static FakeTarget WrongWith(ProgramFlags flag)
    {
        ulong r0 = 0;
        return new FakeTarget("x")
        {
            Capabilities = new FakeTarget("x").Capabilities with { HasContexts = true },
            OnLoad = request =>
            {
                ulong right = (ulong)request.Program.Instructions.Max(slot => slot.Immediate);
                r0 = right == 7 && request.Program.Flags.HasFlag(flag) ? 9 : right;
                return Verdict.Accepted;
            },
            OnRun = (input, _, into) => into[input] = FakeTarget.Returned(r0),
        };
    }

    private static FakeTarget Crashing() => new("x") { OnRun = (input, _, into) => into[input] = Observation.Nothing with { Status = ExecutionStatus.Crashed } };
}
