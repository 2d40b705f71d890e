using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Reduction;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Tests.Engine.Reduction;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Findings;

public sealed class FindingInspectorTests
{
    [TestCase("crashed: died of SIGSEGV", "SIGSEGV")]
    [TestCase("crashed: ended with exit code 139", "exit code 139")]
    [TestCase("crashed: InvalidOperationException: no", "InvalidOperationException")]
    [TestCase("crashed: the kernel became tainted (new bits 0x80) with program 12ab; it is not used any more", "new bits 0x80")]
    [TestCase(
        "crashed: the kernel became tainted (new bits 0x200) with program 12ab; it is not used any more; its log says: WARNING: CPU: 1 PID: 4711 at kernel/bpf/core.c:2553 select+0x1a/0x20",
        "WARNING: CPU: N PID: N at kernel/bpf/core.c:N select+N/N")]
    [TestCase(
        "crashed: the kernel found something wrong in itself with program 12ab; its log says: verifier bug: REG INVARIANTS VIOLATION (true_reg1): u64=[0x1, 0x0] s32=[-5, 7]",
        "verifier bug: REG INVARIANTS VIOLATION (true_regN): uN=[N, N] sN=[N, N]")]
    [TestCase("crashed: the verifier found something wrong in itself: verifier bug: callback 7 unexpected regs", "verifier bug: callback N unexpected regs")]
    public void SignatureOf_ACrash_HasHowItBroke(string got, string form)
    {
        var inspector = new FindingInspector(new FakeTarget("reference"), new FakeTarget("kernel"), OracleSet.ForGeneratedOn([]));

        FindingSignature signature = inspector.SignatureOf(ReducerTests.CaseOf("r0 = 0\nexit"), new Finding(CrashOracle.OracleName, "kernel", Facets.Status, null, "an answer", got));

        Assert.That(signature.Form, Is.EqualTo(form));
    }

    [Test]
    public void Reduce_OfWhatAVerifierFindsWrongInItself_LoadsAndNeverRuns()
    {
        int runs = 0;
        TestCase test = ReducerTests.CaseOf("r6 = 1\nr2 = code_addr(back) ll\nr7 = 2\nr0 = 0\nexit\nback:\nr0 = 0\nexit");
        var kernel = new FakeTarget("kernel")
        {
            OnLoad = request => HasCallback(request.Program) ? Verdict.Crashed("the verifier found something wrong in itself: verifier bug: backtracking misuse") : Verdict.Accepted,
            OnRun = (input, _, into) => (into[input], runs) = (FakeTarget.Returned(0), runs + 1),
        };
        var inspector = new FindingInspector(new FakeTarget("reference"), kernel, OracleSet.ForGeneratedOn([]));
        Finding finding = inspector.Judge(test).Single();

        ReducedFinding reduced = inspector.Reduce(test, finding, Reducer.Default, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(reduced.Signature.ToString(), Is.EqualTo("crash | kernel | verifier bug: backtracking misuse | Status"));
            Assert.That(reduced.Reduction.End, Is.EqualTo(ReductionEnd.Minimal));
            Assert.That(reduced.Case.Program.Instructions, Has.Length.LessThan(test.Program.Instructions.Length));
            Assert.That(HasCallback(reduced.Case.Program));
            Assert.That(runs, Is.Zero);
        });
    }

    /// <summary>A person who asks about such a program, or a finding that is kept, gets an answer; programs made from it do not reach the kernel.</summary>
    [TestCase("call tail_call")]
    [TestCase("r2 = code_addr(back) ll")]
    public void Reduce_OfAProgramThatMayBreakAVerifier_AsksOnlyAboutItAsItIs(string danger)
    {
        TestCase test = ReducerTests.CaseOf($"r6 = 1\n{danger}\nr7 = 2\nr0 = 0\nexit\nback:\nr0 = 0\nexit");
        FakeTarget kernel = FakeTarget.Returning("kernel", 1);
        var inspector = new FindingInspector(new FakeTarget("reference"), kernel, OracleSet.ForGeneratedOn([]));
        Finding finding = inspector.Judge(test).Single();

        inspector.Reduce(test, finding, Reducer.Default, CancellationToken.None);

        IEnumerable<BpfProgram> asked = kernel.Loads.Select(load => load.Program).Where(program => HasCallback(program) || program.Calls(12));
        Assert.That(asked, Is.Not.Empty.And.All.SameAs(test.Program));
    }

    /// <summary>Gone straight on, no jump leads over anything: no instruction is the first that differs.</summary>
    [TestCase("r2 = 1\nr0 = 7\nr0 *= 5\nif r2 == 2 goto +1\ngoto +1\nr0 = 3\nexit")]
    [TestCase("r4 = *(u64 *)(r1 + 0)\nr0 = r4\nr0 *= 3\nif r4 == 9 goto +1\ngoto +1\nr0 = 3\nr0 += 2\nexit")]
    public void SignatureOf_WhatNoSingleInstructionShows_HasTheFormsOfTheSmallestCase(string assembly)
    {
        TestCase test = ReducerTests.CaseOf(assembly) with { Inputs = [new CaseInput(0, new byte[8], null, null)] };
        using var reference = new ReferenceTarget();
        using var wrong = new WrongAfterJumps("wrong");
        var inspector = new FindingInspector(reference, wrong, OracleSet.ForGeneratedOn([reference, wrong]));
        Finding finding = inspector.Judge(test).Single();

        FindingSignature signature = inspector.SignatureOf(test, finding);

        ReducedFinding reduced = inspector.Reduce(test, finding, Reducer.Default, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That($"{signature}", Is.EqualTo("state | wrong | ja+jeq64-imm+mov64-imm | R0"));
            Assert.That(reduced.Signature, Is.EqualTo(signature));
            Assert.That(inspector.Find(reduced.Case, signature), Is.Not.Null);
            Assert.That(inspector.Find(reduced.Case, signature with { Form = "ja32+jeq64-imm+mov64-imm" }), Is.Null);
        });
    }

    /// <summary>What only jumps show must not become what short programs show, though both are wrong in r0, and no form tells them apart.</summary>
    [Test]
    public void Reduce_OfWhatNoSingleInstructionShows_IsNotLedAwayByWhatOneDoes()
    {
        TestCase test = ReducerTests.CaseOf("r2 = 1\nr0 = 7\nr0 *= 5\nif r2 == 2 goto +1\ngoto +1\nr0 = 3\nexit");
        using var reference = new ReferenceTarget();
        using var wrong = new WrongAfterJumps("wrong") { IsAlsoWrongInShortProducts = true };
        var inspector = new FindingInspector(reference, wrong, OracleSet.ForGeneratedOn([reference, wrong]));

        ReducedFinding reduced = inspector.Reduce(test, inspector.Judge(test).Single(), Reducer.Default, CancellationToken.None);

        Assert.That($"{reduced.Signature}", Is.EqualTo("state | wrong | ja+jeq64-imm+mov64-imm | R0"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Reduce_OfAFault_KeepsItsKind(bool isOfReference)
    {
        var kind = FaultKind.None;
        Verdict Load(LoadRequest request)
        {
            kind = request.Program.Instructions.Any(slot => slot.Immediate == 77) ? FaultKind.OutOfBoundsLoad : FaultKind.OutOfBoundsStore;
            return Verdict.Accepted;
        }

        var faults = new FakeTarget(isOfReference ? "reference" : "x") { OnLoad = Load, OnRun = (input, _, into) => into[input] = FakeTarget.Faulted(kind, 1) };
        FakeTarget returns = FakeTarget.Returning(isOfReference ? "x" : "reference", 0);
        FindingInspector inspector = isOfReference ? new FindingInspector(faults, returns, OracleSet.ForGeneratedOn([])) : new FindingInspector(returns, faults, OracleSet.ForGeneratedOn([]));
        TestCase test = ReducerTests.CaseOf("r6 = 1\nr7 = 77\nr0 = 0\nexit");

        ReducedFinding reduced = inspector.Reduce(test, inspector.Judge(test).Single(), Reducer.Default, CancellationToken.None);

        Assert.That(reduced.Case.Program.Instructions.Any(slot => slot.Immediate == 77), $"{reduced.Reduction.End}");
    }

    /// <summary>Two bugs that were not told apart in time, or with so many cases, are not taken for one.</summary>
    [TestCase("r2 = 1\nr0 = 7\nif r2 == 2 goto +1\ngoto +1\nr0 = 3\nexit", 0, 200, "program 6a8d325fdf15")]
    [TestCase("r2 = 1\nr0 = 8\nif r2 == 2 goto +1\ngoto +1\nr0 = 3\nexit", 0, 200, "program 0ca3c0c7b0ab")]
    [TestCase("r2 = 1\nr0 = 7\nif r2 == 2 goto +1\ngoto +1\nr0 = 3\nexit", 30, 1, "program 6a8d325fdf15")]
    [TestCase("r2 = 1\nr0 = 8\nif r2 == 2 goto +1\ngoto +1\nr0 = 3\nexit", 30, 1, "program 0ca3c0c7b0ab")]
    public void SignatureOf_WhatIsNotMadeSmall_IsOfItsProgram(string assembly, int seconds, int budget, string form)
    {
        TestCase test = ReducerTests.CaseOf(assembly);
        using var reference = new ReferenceTarget();
        using var wrong = new WrongAfterJumps("wrong");
        var inspector = new FindingInspector(reference, wrong, OracleSet.ForGeneratedOn([reference, wrong])) { SignatureLimit = TimeSpan.FromSeconds(seconds), SignatureBudget = budget };

        FindingSignature signature = inspector.SignatureOf(test, inspector.Judge(test).Single());

        Assert.That($"{signature}", Is.EqualTo($"state | wrong | {form} | R0"));
        Assert.That(inspector.Find(test, signature), Is.Not.Null, "its files are held against it");
        using var cancelled = new CancellationTokenSource(seconds == 0 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
        Assert.That(inspector.Reduce(test, inspector.Judge(test).Single(), new Reducer(ReductionPasses.All) { Budget = budget }, cancelled.Token).Signature, Is.EqualTo(signature), "who reduces it files it in the same folder");
    }

    private static bool HasCallback(BpfProgram program) => program.Instructions.Any(slot => JumpTargets.IsCodeAddress(slot));

    /// <summary>Shows r0 alone, and a wrong one of programs that have a jump over something.</summary>
    private sealed class WrongAfterJumps(string name) : IExecutionTarget
    {
        private const int Short = 4;
        private const byte MultiplyImmediate64 = 0x27;

        /// <summary>Whether it is also wrong in programs of few slots that multiply.</summary>
        public bool IsAlsoWrongInShortProducts { get; init; }

        private readonly ReferenceTarget _machine = new();

        public string Name => name;

        public TargetCapabilities Capabilities => _machine.Capabilities;

        public LoadResult Load(LoadRequest request)
        {
            LoadResult load = _machine.Load(request);
            bool isWrong = request.Program.Instructions.Any(slot => slot is { Opcode: Opcodes.Ja, Offset: > 0 })
                || (IsAlsoWrongInShortProducts && request.Program.Instructions.Length <= Short && request.Program.Instructions.Any(slot => slot.Opcode == MultiplyImmediate64));
            return load with { Program = load.Program is { } program ? new Loaded(program, isWrong ? 1UL : 0UL) : null };
        }

        public void Dispose() => _machine.Dispose();

        private sealed class Loaded(ILoadedProgram program, ulong error) : ILoadedProgram
        {
            public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
            {
                program.Run(inputs, into);
                for (int input = 0; input < inputs.Length; input++)
                {
                    into[input] = Observation.Nothing with { Status = into[input].Status, R0 = into[input].R0 ^ error, R0Mask = into[input].R0Mask };
                }
            }

            public void Dispose() => program.Dispose();
        }
    }
}
