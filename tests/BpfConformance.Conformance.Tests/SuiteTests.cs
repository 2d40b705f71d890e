using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Cli;
using BpfConformance.Engine.Cases;
using BpfConformance.Runtime.Helpers;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

internal sealed class SuiteTests
{
    private const int OlderSuiteFiles = 313;

    [Test]
    public void EveryRow_OfTheInstructionTable_HasAVector()
    {
        HashSet<InstructionDef> used = [];
        foreach (TestCase test in Suite.Own.Where(test => !test.Expectation.IsMalformed))
        {
            ReadOnlySpan<Instruction> program = test.Program.Instructions.AsSpan();
            for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
            {
                if (InstructionTable.Find(program[pc]) is { } row) used.Add(row);
            }
        }

        Assert.That(InstructionTable.Rows.Except(used), Is.Empty);
    }

    [Test]
    public void EveryHelper_OfTheRuntime_IsCalledByAVector()
    {
        HashSet<int> called = [.. Suite.Own.Where(test => test.Expectation.Load != LoadExpectation.Rejected).SelectMany(HelpersOf)];

        Assert.That(HelperTable.All.Where(helper => HelperSet.Has((ulong)helper)).Except(called).Select(HelperTable.NameOf), Is.Empty);
    }

    [Test]
    public void Vectors_OfHelpers_CallTheOneThatTheyAreNamedAfter()
    {
        TestCase[] about = [.. Suite.Own.Where(test => test.Name.StartsWith("helpers/", StringComparison.Ordinal))];

        Assert.That(about, Is.Not.Empty);
        Assert.That(about.Where(test => !HelpersOf(test).Any(helper => test.SubjectName == $"helpers {HelperTable.NameOf(helper)}")).Select(test => test.Name), Is.Empty);
    }

    [Test]
    public void Deviations_OfEveryTarget_AreAboutCases()
    {
        Assert.That(Suite.Deviations.Errors, Is.Empty);
        Assert.That(Suite.Deviations.WithoutCase(Suite.OwnFiles), Is.Empty);
    }

    [Test]
    public void OlderSuite_OnReferenceAndKernel_GivesTheKnownCounts()
    {
        if (Suite.OlderFolder is null) Assert.Ignore("the older suite does not lie beside this checkout");
        var output = new StringWriter();

        int code = CommandLine.Run(["run", Suite.OlderFolder!, "--cpu", "v4"], output, TextWriter.Null);

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(code, Is.Zero, output.ToString());
        Assert.That(Suite.Older, Has.Length.EqualTo(OlderSuiteFiles));
        Assert.That(lines, Does.Contain("reference: 313 passed, 0 failed, 0 unsupported, 0 deviations"));
        if (lines.Any(line => line.StartsWith("kernel: ", StringComparison.Ordinal)))
        {
            Assert.That(lines, Does.Contain("kernel: 300 passed, 0 failed, 1 unsupported, 0 deviations, 12 legal divergences"));
        }
    }

    private static IEnumerable<int> HelpersOf(TestCase test) => test.Program.Instructions.Where(i => i is { Opcode: Opcodes.Call, Src: 0 }).Select(i => i.Immediate);
}
