using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Stress;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Generation.Stress;

[TestFixture]
public sealed class StressGeneratorTests
{
    [Test]
    public void Next_OfSeeds_RunsCleanAndIsLargeInEachDirection()
    {
        using var reference = new ReferenceTarget();
        GeneratorLimits limits = GeneratorLimits.Of([reference.Capabilities]) with { Inputs = 2 };
        var generator = new StressGenerator();
        var batch = new ObservationBatch();
        int longest = 0;
        int farthest = 0;
        int farthestAccess = 0;
        for (ulong index = 0; index < 120; index++)
        {
            var entropy = Entropy.OfSeed(29, index);
            TestCase test = generator.Next(ref entropy, limits);
            LoadRequest request = test.ToRequest();
            LoadResult loaded = reference.Load(request);
            using ILoadedProgram? program = loaded.Program;
            Assert.That(loaded.Verdict, Is.EqualTo(Verdict.Accepted), $"seed 29, index {index}");
            RunInput[] inputs = [.. test.Inputs.Select(input => input.ForRun)];
            batch.Reset(inputs.Length, request.ObservedBytes, test.MapBytes, test.ContextBytes);
            program!.Run(inputs, batch);
            for (int i = 0; i < inputs.Length; i++) Assert.That(batch[i].Status, Is.EqualTo(ExecutionStatus.Returned), $"seed 29, index {index}, input {i}: {batch[i].Fault}");
            longest = Math.Max(longest, test.Program.Instructions.Length);
            farthest = Math.Max(farthest, test.Program.Instructions.Max(slot => JumpTargets.IsJump(slot) ? slot.Offset : 0));
            farthestAccess = Math.Max(farthestAccess, test.Program.Instructions.Max(slot => JumpTargets.IsJump(slot) ? 0 : slot.Offset));
        }

        Assert.That(longest, Is.GreaterThan(2000));
        Assert.That(farthest, Is.GreaterThan(500));
        Assert.That(farthestAccess, Is.GreaterThan(4096));
    }
}
