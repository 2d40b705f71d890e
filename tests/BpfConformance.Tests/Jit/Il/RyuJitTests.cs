using BpfConformance.Jit;
using BpfConformance.Jit.Il;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.Il;

/// <summary>What .NET's compiler was seen to get wrong does not show.</summary>
[TestFixture]
internal sealed class RyuJitTests
{
    private static readonly Compiler s_il = Engine.Compilers.Single(compiler => compiler.Name == "il");

    [SetUp]
    public void NeedTheCompiler()
    {
        if (IlProgram.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void FetchAdd_OfAConstant_ReturnsMoreBitsThanThatHas()
    {
        const string Text = "r0 = -335371588\nr0 = bswap32 r0\nr0 = atomic_fetch_add((u64 *)(r1 + 0), r0)\nr0 = le32 r0\nexit";
        using var machine = new CompiledMachine(s_il, Text, JitOptions.Trusted);
        machine.Run([1, 0, 0, 0, 0xff, 0xff, 0, 0]);
        Assert.That(machine.R0, Is.EqualTo(1ul));
    }
}
