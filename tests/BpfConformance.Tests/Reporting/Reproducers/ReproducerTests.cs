using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
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

public sealed class ReproducerTests
{
    internal const string WithMemory = """
        r6 = r1
        r0 = *(u32 *)(r6 + 4)
        if r0 == 3 goto +2
        r0 *= 5
        *(u16 *)(r6 + 0) = r0
        r1 = r0
        call pc+2
        r0 += 1
        exit
        r2 = 0x123456789abcdef0 ll
        r0 = r1
        r0 ^= r2
        exit
        """;

    internal const string WithMap = """
        *(u32 *)(r10 - 4) = 1
        r2 = r10
        r2 += -4
        r1 = map_by_fd(0) ll
        call 1
        if r0 == 0 goto +3
        r1 = 7
        lock *(u64 *)(r0 + 0) += r1
        r0 = *(u64 *)(r0 + 0)
        exit
        """;

    [TestCase(WithMemory, "0200000009000000")]
    [TestCase("r0 = 1\nexit", "")]
    [TestCase(WithMap, "")]
    public void Vector_OfAStatedCase_IsReadBackAsTheSame(string assembly, string data)
    {
        TestCase test = Stated(assembly, data);
        var form = new VectorReproducer();

        Assert.That(form.Lacks(test), Is.Null);
        TestCase again = form.Read(form.Write(test), test);

        Assert.That(again.Program, Is.EqualTo(test.Program));
        Assert.That(again.Inputs.Select(input => (input.Result, Hex(input.Data), Hex(input.DataAfter ?? default))), Is.EqualTo(test.Inputs.Select(input => (input.Result, Hex(input.Data), Hex(input.DataAfter ?? default)))));
        Assert.That(again.Maps.Select(map => (map.Name, map.Type, map.MaxEntries, map.Contents.Length)), Is.EqualTo(test.Maps.Select(map => (map.Name, map.Type, map.MaxEntries, map.Contents.Length))));
        Assert.That(again.Inputs[0].MapsAfter.Select(stated => Hex(stated.Part)), Is.EqualTo(test.Inputs[0].MapsAfter.Select(stated => Hex(stated.Part))));
    }

    [TestCase(5)]
    [TestCase(0)]
    public void Vector_OfATypeWithContextFlagsAndLicense_IsReadBackAsTheSame(byte mark)
    {
        TestCase bare = ReducerTests.CaseOf("r0 = *(u32 *)(r1 + 8)\nexit");
        var context = new byte[192];
        context[8] = mark;
        TestCase test = bare with
        {
            Program = bare.Program with { Type = ProgramType.SchedCls, License = "Dual BSD/GPL", Flags = ProgramFlags.StrictAlignment | ProgramFlags.TestRndHi32 },
            Inputs = [new CaseInput(0, new byte[14], 5, null) { Context = context }],
            Expectation = new Expectation(LoadExpectation.Accepted, []),
        };
        var form = new VectorReproducer();

        TestCase again = form.Read(form.Write(test), test);

        Assert.That(again.Program, Is.EqualTo(test.Program));
        Assert.That(Hex(again.Inputs[0].Context), Is.EqualTo(Hex(context)));
    }

    [TestCase("r0 = *(u8 *)(r1 + 9)\nexit", "", "-- faults\nInvalidPointer at 0\n")]
    [TestCase("r0 = 0\n.raw 0xff\nexit", "", "-- rejected\nUnknownOpcode\n")]
    public void Vector_OfWhatDoesNotReturn_SaysSo(string assembly, string data, string expected)
    {
        Assert.That(new VectorReproducer().Write(Stated(assembly, data)), Does.Contain(expected));
    }

    [Test]
    public void Data_OfACaseWithAMap_LacksThat() =>
        Assert.That(new DataReproducer().Lacks(Stated(WithMap, string.Empty)), Is.EqualTo("the format has no maps"));

    [Test]
    public void Selftest_HasTheMacrosOfTheKernel()
    {
        const string Expected = """
            struct bpf_insn insns[] = {
            	BPF_LD_IMM64(BPF_REG_2, 0x100000002ULL),
            	BPF_LD_MAP_FD(BPF_REG_1, map_fds[0]),
            	BPF_ALU32_IMM(BPF_ADD, BPF_REG_2, 5),
            	BPF_JMP32_REG(BPF_JSLT, BPF_REG_2, BPF_REG_3, 1),
            	BPF_ATOMIC_OP(BPF_W, BPF_XOR | BPF_FETCH, BPF_REG_10, BPF_REG_2, -4),
            	BPF_EMIT_CALL(BPF_FUNC_map_lookup_elem),
            	BPF_RAW_INSN(0xd4, BPF_REG_0, BPF_REG_0, 0, 16),
            	BPF_EXIT_INSN(),
            };

            """;
        TestCase test = ReducerTests.CaseOf("r2 = 0x100000002 ll\nr1 = map_by_fd(0) ll\nw2 += 5\nif w2 s< w3 goto +1\nw2 = atomic_fetch_xor((u32 *)(r10 - 4), w2)\ncall 1\nr0 = le16 r0\nexit");

        Assert.That(new SelftestReproducer().Write(test), Is.EqualTo(Expected.ReplaceLineEndings("\n")));
    }

    [TestCase(WithMemory)]
    [TestCase(WithMap)]
    [TestCase("r1 = map_by_idx(0) ll\nr2 = map_val(map_by_idx(0)) + 4 ll\nr0 = 0\nexit")]
    [TestCase("r0 = 0x8000000080000000 ll\nr1 = (s8)r0\nr2 s/= r1\nr3 = bswap32 r3\nif r0 s<= -1 goto +0\ngotol +0\nif w1 & 0x80000000 goto +0\nexit")]
    [TestCase("r0 = 5\nlock *(u32 *)(r10 - 8) ^= w0\nr0 = cmpxchg_64(r10 - 8, r0, r1)\nr0 = xchg_64(r10 - 8, r0)\n*(u8 *)(r10 - 1) = -1\nr0 = *(s16 *)(r10 - 2)\nr0 = *(u8 *)skb[3]\nr0 = *(u16 *)skb[r1 + 3]\nexit")]
    [TestCase(".raw 0xfffffffffffffff0\n.raw 0x18\nexit")]
    public void Selftest_Compiled_ComesToTheSameProgram(string assembly)
    {
        TestCase test = ReducerTests.CaseOf(assembly);
        test = test with { Maps = [new MapDefinition("m", MapType.Array, 4, 8, 1)] };

        (int? code, string said) = CompiledReproducer.Run(SelftestReproducer.Printing(new SelftestReproducer().Write(test), test), runs: true);

        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.Zero, said);
        Assert.That(SelftestReproducer.IsPrinted(said, test), said);
    }

    [TestCase("BPF_ALU32_IMM(BPF_ADD, BPF_REG_0, 5)", true)]
    [TestCase("BPF_ALU64_IMM(BPF_ADD, BPF_REG_0, 5)", false)]
    [TestCase("BPF_ALU32_IMM(BPF_SUB, BPF_REG_0, 5)", false)]
    public void Selftest_WithAnotherMacro_IsNotTheSameProgram(string macro, bool isSame)
    {
        TestCase test = ReducerTests.CaseOf("w0 += 5\nexit");
        string text = $"struct bpf_insn insns[] = {{\n\t{macro},\n\tBPF_EXIT_INSN(),\n}};\n";

        (int? code, string said) = CompiledReproducer.Run(SelftestReproducer.Printing(text, test), runs: true);

        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.Zero, said);
        Assert.That(SelftestReproducer.IsPrinted(said, test), Is.EqualTo(isSame));
    }

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

    private static FakeTarget Crashing() => new("x") { OnRun = (input, _, into) => into[input] = Observation.Nothing with { Status = ExecutionStatus.Crashed } };

    [TestCase(false, "-- maps\ncounters: hash key 4 value 8 entries 4\n-- asm\nr0 = r10\nexit\n-- faults\nor returns\n")]
    [TestCase(true, "# -- maps\n# counters: hash key 4 value 8 entries 4\n# -- steps\n# run main -\nr0 = r10\nexit\n")]
    public void Untried_OfWhatCannotBeStated_HasTheMaps(bool isSequence, string expected)
    {
        TestCase test = ReducerTests.CaseOf("r0 = r10\nexit") with { Maps = [new MapDefinition("counters", MapType.Hash, 4, 8, 4)], Inputs = [new CaseInput(0, default, null, null)], IsSequence = isSequence };

        Assert.That(Reproducing.Untried(stated: null, test).Text, Does.EndWith(expected));
    }

    /// <summary>Steps that are not taken come to nothing.</summary>
    [Test]
    public void Untried_OfStepsWithAProgramThatIsRefused_IsAVector()
    {
        TestCase test = ReducerTests.CaseOf("r0 = r1\nexit") with
        {
            Inputs = [new CaseInput(0, default, null, null)],
            IsSequence = true,
            Expectation = new Expectation(LoadExpectation.Rejected, [ReasonClass.UninitializedRegister], RunExpectation.Unstated),
        };

        Assert.That(Reproducing.Untried(test, test).Text, Does.EndWith("-- asm\nr0 = r1\nexit\n-- rejected\nUninitializedRegister\n"));
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
        TestCase test = ReducerTests.CaseOf(WithMemory) with { Inputs = [new CaseInput(0, Convert.FromHexString("0200000009000000"), null, null)] };
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

    [TestCase("2026-05-01 being looked at", ReplayState.Quarantined)]
    [TestCase("2026-04-30 being looked at", ReplayState.NotAsked)]
    [TestCase("for now", ReplayState.Broken)]
    public void Replay_OfAFolderPutAside_LooksAgainWhenItsDayIsPast(string quarantine, ReplayState expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("signature", "state | il | add64-imm | R0\n");
        folder.Write("quarantine", quarantine);

        ReplayResult result = new FindingReplay(_ => null, TimeSpan.FromSeconds(1)).Run(folder.FullName, new DateOnly(2026, 5, 1));

        Assert.That(result.State, Is.EqualTo(expected));
    }

    [TestCase("state | il | add64-imm | R0\n", "-- asm\nnonsense\n")]
    [TestCase("nonsense\n", "-- asm\nr0 = 1\nexit\n-- result\n0x1\n")]
    public void Replay_OfAFolderThatCannotBeRead_IsBroken(string signature, string vector)
    {
        using var folder = new TemporaryFolder();
        folder.Write("signature", signature);
        folder.Write("case.vector", vector);

        Assert.That(new FindingReplay(_ => new ReferenceTarget(), TimeSpan.FromSeconds(1)).Run(folder.FullName, new DateOnly(2026, 5, 1)).State, Is.EqualTo(ReplayState.Broken));
    }

    [Test]
    public void Replay_WhereAMachineCannotBeMade_IsBroken()
    {
        using var folder = new TemporaryFolder();
        folder.Write("signature", "state | il | add64-imm | R0\n");
        folder.Write("case.vector", "-- asm\nr0 = 1\nexit\n-- result\n0x1\n");
        var replay = new FindingReplay(_ => throw new InvalidOperationException("no"), TimeSpan.FromSeconds(30));

        Assert.That(replay.Run(folder.FullName, new DateOnly(2026, 5, 1)), Is.EqualTo(new ReplayResult(folder.FullName, ReplayState.Broken, "no")));
    }

    /// <summary>What the reference makes of it.</summary>
    internal static TestCase Stated(string assembly, string data)
    {
        TestCase test = ReducerTests.CaseOf(assembly) with { Inputs = [new CaseInput(0, Convert.FromHexString(data), null, null)] };
        if (test.Program.Instructions.Any(slot => slot.NamesMap))
        {
            test = test with { Maps = [new MapDefinition("counters", MapType.Hash, 4, 8, 4) { Contents = [new MapEntry(new byte[] { 1, 0, 0, 0 }, new byte[] { 5, 0, 0, 0, 0, 0, 0, 0 })] }] };
        }

        using var reference = new ReferenceTarget();
        return StatedCase.Of(test, new ExperimentRunner([reference]).Run(test).Runs[0])!;
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);
}
