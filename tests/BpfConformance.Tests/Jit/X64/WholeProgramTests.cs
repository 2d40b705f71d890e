using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>The code of every program of the suite.</summary>
[TestFixture]
internal sealed unsafe class WholeProgramTests
{
    private static readonly Lazy<TestCase[]> s_cases = new(
        () => [.. CaseLoader.Load([Repository.PathOf("conformance")]).Cases.DistinctBy(test => string.Join(' ', test.Program.Instructions))]);

    private readonly CodeRules _rules = new();

    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test, Combinatorial]
    public void Code_OfEveryCase_KeepsToTheRules([Values] bool isChecked, [Values] bool isMetered, [Values] bool showsRegisters)
    {
        var options = new JitOptions(isChecked, isMetered, showsRegisters);
        int programs = s_cases.Value.Count(test => Compiles(test, options, hasShifts: true));
        TestContext.Out.WriteLine($"{programs} programs");
        Assert.That(programs, Is.GreaterThan(1000));
    }

    [Test]
    public void Code_WithoutBmi2_KeepsToTheRulesToo()
    {
        int programs = s_cases.Value.Count(test => Compiles(test, JitOptions.Checked, hasShifts: false));
        Assert.That(programs, Is.GreaterThan(1000));
    }

    private bool Compiles(TestCase test, JitOptions options, bool hasShifts)
    {
        BpfProgram program = TimerProgram.Behind(test.Program);
        using X64Program? loaded = X64Program.TryLoad(test.Program, test.Maps, test.DataBytes, options, hasShifts, out _);
        if (loaded is null) return false;

        // Labels of functions lie behind those of instructions; the thread's workspace still has what was emitted last, and the routines that look keys up.
        CodeLayout layout = Workspace.Current.Layout;
        int functions = new ControlFlow([.. program.Instructions], [.. program.Others.Select(other => other.Start)]).Functions.Length;
        IEnumerable<int> labels = Enumerable.Range(program.Instructions.Length, functions).Concat(Workspace.Current.Lookups.Select(lookup => lookup.Label));
        HashSet<int> starts = [.. labels.Select(layout.FinalOf)];
        fixed (byte* code = loaded.Code)
        {
            Assert.That(_rules.FirstBroken(loaded.Code, (ulong)code, starts, options.IsMetered), Is.Null, $"{test.File} {options}");
        }

        return true;
    }
}
