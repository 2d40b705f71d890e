using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Timing;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Timing;

/// <summary>The loop in C finds in the kernel what the reference has found.</summary>
[TestFixture]
[NonParallelizable]
internal sealed class BareKernelLoopTests
{
    private const string OfInput = "r0 = *(u64 *)(r1 + 0)\nr0 *= 3\nexit\n";
    private const string OfAddresses = "r6 = r1\nr7 = r10\n*(u64 *)(r1 + 0) = r10\nr0 = r1\nexit\n";

    [Test]
    public void NanosecondsPerCase_OfPlainPrograms_IsTime()
    {
        using BareKernelLoop loop = Loop(OfInput, OfAddresses);

        Assert.That(loop.NanosecondsPerCase(5), Is.Positive);
    }

    [Test]
    public void Create_ProgramThatTheReferenceDoesNotLoad_IsTrouble() =>
        Assert.That(() => Loop(OfInput, "call 999\nexit\n"), Throws.TypeOf<TargetException>().With.Message.Contains("999"));

    private static BareKernelLoop Loop(params string[] programs)
    {
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        if (NativeCompiler.TryFind(out string problem) is not { } compiler) throw new IgnoreException(problem);
        return new BareKernelLoop(compiler, [.. programs.Select(Case)]);
    }

    private static TestCase Case(string assembly) =>
        VectorReader.Read($"-- asm\n{assembly}-- cases\n0500000000000000 -> 15\n0700000000000000 -> 21\n", "x", "x");
}
