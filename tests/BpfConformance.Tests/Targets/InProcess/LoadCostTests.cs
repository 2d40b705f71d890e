using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Jit;
using BpfConformance.Jit.Il;
using BpfConformance.Jit.X64;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>What loads into the compilers say that they took, and that it tells when one emits far too much.</summary>
[TestFixture]
public sealed class LoadCostTests
{
    private static readonly TestCase s_case =
        VectorReader.Read($"-- asm\n{string.Concat(Enumerable.Repeat("r0 = 5\n", 99))}exit\n-- result\n5\n", "x", "x") with { Expectation = Expectation.None };

    [Test]
    public void X64_EmittingFarTooMuch_IsFound()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        AssertOnlyWastefulIsFound("x64", JitLoaders.X64Capabilities, JitLoaders.X64(JitOptions.Checked));
    }

    [Test]
    public void Il_EmittingFarTooMuch_IsFound()
    {
        if (IlProgram.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        AssertOnlyWastefulIsFound("il", JitLoaders.IlCapabilities, JitLoaders.Il(JitOptions.Checked));
    }

    private static void AssertOnlyWastefulIsFound(string name, TargetCapabilities capabilities, EngineLoader load)
    {
        Assert.That(FindingsOf(new InProcessTarget(name, capabilities, load)), Is.Empty);
        Assert.That(FindingsOf(new InProcessTarget(name, capabilities, Wasteful(load))), Is.EqualTo(new[] { $"cost in code: {name}" }));
    }

    private static string[] FindingsOf(InProcessTarget target)
    {
        using var reference = new ReferenceTarget();
        IExecutionTarget[] targets = [reference, target];
        Experiment experiment = new ExperimentRunner(targets).Run(s_case);
        return [.. OracleSet.ForGeneratedOn(targets).Judge(experiment).Where(finding => finding.Facet != Facets.Instructions).Select(finding => $"{finding.Oracle}: {finding.Target}")];
    }

    /// <summary>A compiler that makes of each instruction the code of a hundred. These are small ones: that is about twenty times what is usual.</summary>
    private static EngineLoader Wasteful(EngineLoader load) => (LoadRequest request, out ValidationError? error) =>
    {
        ImmutableArray<Instruction> given = request.Program.Instructions;
        return load(request with { Program = request.Program with { Instructions = [.. given[..^1].SelectMany(slot => Enumerable.Repeat(slot, 100)), given[^1]] } }, out error);
    };
}
