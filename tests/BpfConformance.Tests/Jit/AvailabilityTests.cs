using System.Runtime.InteropServices;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Tests leave out a compiler that says it is unavailable: here it must not say so without a reason.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class AvailabilityTests(Compiler compiler)
{
    [Test]
    public void WhyUnavailable_OnLinuxOnX64_IsNull()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) Assert.Ignore("it may be unavailable here");
        Assert.That(compiler.WhyUnavailable(), Is.Null);
    }

    [Test]
    public void Program_OfACompiler_DoesNotSayThatItIsSanitized()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        using var machine = new CompiledMachine(compiler, "r0 = 0\nexit");
        Assert.That(machine.Program.IsSanitized, Is.False);
    }
}
