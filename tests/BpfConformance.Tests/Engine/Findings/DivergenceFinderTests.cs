using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Targets;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Targets.InProcess;
using BpfConformance.Tests.Engine.Reduction;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Findings;

public sealed class DivergenceFinderTests
{
    private const string Loop = """
        r1 = 0
        r0 = 1
        r0 <<= 1
        r0 *= 3
        r1 += 1
        if r1 != 5 goto -4
        exit
        """;

    [TestCase("r3 = 1\nr2 = 7\nr2 *= 5\nr3 = 2\nr0 = r2\nexit", "mul64-imm/does-add", 2, "mul64-imm", TestName = "Find_InAStraightProgram")]
    [TestCase("r1 = 9\nr0 = 0\nif r1 > 8 goto +1\nr0 = 1\nexit", "jgt64-imm/never", 2, "jgt64-imm", TestName = "Find_AJumpThatIsNotTaken")]
    [TestCase("r1 = 4\nr0 = 0\nif r1 > 8 goto +1\nr0 = 1\nexit", "jgt64-imm/always", 2, "jgt64-imm", TestName = "Find_AJumpThatIsTaken")]
    [TestCase("r1 = 6\ncall pc+2\nr0 += 1\nexit\nr0 = r1\nr0 ^= 3\nexit", "xor64-imm/does-or", 5, "xor64-imm", TestName = "Find_InALocalFunction")]
    [TestCase("r2 = -1\n*(u16 *)(r10 - 8) = r2\nr2 = 0\nr0 = *(u16 *)(r10 - 8)\nexit", "stx16/stores-8", 1, "stx16", TestName = "Find_AStore_WhereItIsStored")]
    [TestCase("r0 = 5\nexit", "exit/returns-r7", 1, "exit", TestName = "Find_WhereItIsLeft")]
    [TestCase(Loop, "mul64-imm/does-add", 3, "mul64-imm", TestName = "Find_InALoop")]
    public void Find_WhereAMutantIsWrong(string assembly, string name, int pc, string form)
    {
        Mutant? mutant = MutantCatalogue.All.FirstOrDefault(each => each.Name == name);
        Assert.That(mutant, Is.Not.Null, string.Join(' ', MutantCatalogue.All.Where(each => each.Row.Name == form).Select(each => each.Name)));
        using var reference = new ReferenceTarget();
        using var wrong = new MutantTarget(name, mutant!.CreateHandlers());
        using var target = new ResultOnlyTarget(wrong);

        Divergence? divergence = new DivergenceFinder(reference, target).Find(ReducerTests.CaseOf(assembly), input: 0);

        Assert.That(divergence, Is.Not.Null);
        Assert.That((divergence!.Pc, divergence.Form), Is.EqualTo((pc, form)));
    }

    [Test]
    public void Find_WhatIsWrongOnlyInTheThirdRound_HasThreeRoundsOnItsPath()
    {
        // 6, 36, 216: only the last has the bit.
        using var reference = new ReferenceTarget();
        using var target = new MutantTarget("wrong", MutantCatalogue.All.First(each => each.Name == "mul64-imm/loses-bit-7").CreateHandlers());

        Divergence divergence = new DivergenceFinder(reference, target).Find(ReducerTests.CaseOf(Loop), input: 0)!;

        Assert.That(divergence.Path.Count(step => step.Index == 3), Is.EqualTo(3));
        Assert.That(divergence.Path[^1].Index, Is.EqualTo(3));
    }

    /// <summary>What shows a register must not need more than the machine has: else nothing is seen until r0 is written.</summary>
    [Test]
    public void Find_OnAMachineWithBase32Alone_IsWhereItIsWrong()
    {
        using var reference = new ReferenceTarget();
        using var wrong = new MutantTarget("wrong", MutantCatalogue.All.First(each => each.Name == "xor32-imm/does-or").CreateHandlers());
        using var target = new ResultOnlyTarget(wrong) { Groups = [ConformanceGroup.Base32] };

        Divergence divergence = new DivergenceFinder(reference, target).Find(ReducerTests.CaseOf("w2 = 5\nw2 ^= 1\nw3 = 1\nw0 = w2\nexit"), input: 0)!;

        Assert.That((divergence.Pc, divergence.Form), Is.EqualTo((1, "xor32-imm")));
    }

    [Test]
    public void Find_WhereBothAreTheSame_SaysNothing()
    {
        using var reference = new ReferenceTarget();
        using var other = new ReferenceTarget();

        Assert.That(new DivergenceFinder(reference, other).Find(ReducerTests.CaseOf(Loop), input: 0), Is.Null);
    }

    [Test]
    public void Trace_ShowsWhatBothHadUntilTheyPart()
    {
        using var reference = new ReferenceTarget();
        using var target = new MutantTarget("wrong", MutantCatalogue.All.First(each => each.Name == "mul64-imm/does-add").CreateHandlers());
        TestCase test = ReducerTests.CaseOf("r2 = 7\nr2 *= 5\nr0 = r2\nexit");
        var finder = new DivergenceFinder(reference, target);

        StepState[] trace = [.. finder.Trace(test, 0, finder.Find(test, 0)!, most: 10)];

        Assert.That(
            trace.Select(state => (state.Pc, state.What, state.Expected, state.Got, state.Differs)),
            Is.EqualTo(((int, string, string?, string?, bool)[])[(0, "r2", "0x7", "0x7", false), (1, "r2", "0x23", "0xc", true)]));
    }

    /// <summary>Shows r0 and nothing else, as most machines do.</summary>
    private sealed class ResultOnlyTarget(IExecutionTarget machine) : IExecutionTarget
    {
        public string Name => machine.Name;

        /// <summary>The conformance groups that it has; empty: those of the machine.</summary>
        public ImmutableSortedSet<ConformanceGroup> Groups { get; init; } = [];

        public TargetCapabilities Capabilities => Groups.IsEmpty ? machine.Capabilities : machine.Capabilities with { Groups = Groups };

        public LoadResult Load(LoadRequest request)
        {
            LoadResult load = machine.Load(request);
            return load with { Program = load.Program is { } program ? new Loaded(program) : null };
        }

        public void Dispose()
        {
        }

        private sealed class Loaded(ILoadedProgram program) : ILoadedProgram
        {
            public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
            {
                program.Run(inputs, into);
                for (int run = 0; run < into.Count; run++) (into[run].RegistersMask, into[run].Instructions) = (0, -1);
            }

            public void Dispose() => program.Dispose();
        }
    }
}
