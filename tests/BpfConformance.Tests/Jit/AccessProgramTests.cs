using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Accesses through pointers that a compiler can only guess at are bounded as the reference bounds them.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class AccessProgramTests(Compiler compiler)
{
    [Test]
    public void RandomPrograms_InEveryWayToRun_EndAsOnTheReference()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        int seed = RandomTest.Seed();
        int programs = RandomTest.Programs(compiler.Name == "il" ? 300 : 20_000);
        var comparison = new EndComparison(compiler, AccessPrograms.DataBytes, registers: 6);
        byte[] data = new byte[AccessPrograms.DataBytes];
        for (int n = 0; n < programs; n++)
        {
            var random = new Random(unchecked(seed + n));
            Instruction[] program = new AccessPrograms(random).Next();
            Assert.That(ProgramValidator.Validate(program), Is.Null);
            random.NextBytes(data);
            int bytes = random.Next(6) == 0 ? random.Next(48, data.Length) : data.Length;
            comparison.Compare(program, data.AsSpan(0, bytes), $"BPFCONF_SEED={unchecked(seed + n)}");
        }

        TestContext.Out.WriteLine(comparison.ToString());
        Assert.That(comparison.Returned, Is.GreaterThan(comparison.Programs / 5), comparison.ToString());
        Assert.That(comparison.Faulted, Is.GreaterThan(comparison.Programs / 5), comparison.ToString());
    }
}
