using BpfConformance.Abi.Instructions;
using BpfConformance.Cli;
using BpfConformance.Engine.Cases;
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
}
