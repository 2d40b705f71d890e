using BpfConformance.Abi.Instructions;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Control that no verifier would accept goes the same ways on every compiler.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class TangledProgramTests(Compiler compiler)
{
    [Test]
    public void RandomPrograms_InEveryWayToRun_EndAsOnTheReference()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        int seed = RandomTest.Seed();
        int programs = RandomTest.Programs(compiler.Name == "il" ? 300 : 20_000);
        var comparison = new EndComparison(compiler, dataBytes: 0, registers: 10);
        for (int n = 0; n < programs; n++)
        {
            Instruction[] program = new TangledPrograms(new Random(unchecked(seed + n))).Next();
            comparison.Compare(program, [], $"BPFCONF_SEED={unchecked(seed + n)}");
        }

        TestContext.Out.WriteLine(comparison.ToString());
        Assert.That(comparison.Returned, Is.GreaterThan(comparison.Programs / 4), comparison.ToString());
    }
}
