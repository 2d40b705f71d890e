using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Tests.Jit;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random batches of user space: what comes of each must be the kernel's.</summary>
[TestFixture]
internal sealed class BatchSequenceTests : KernelFixture
{
    private const int StepsEach = 60;
    private const int Sequences = 200;

    private static readonly MapType[] s_types =
        [MapType.Array, MapType.PercpuArray, MapType.Hash, MapType.PercpuHash, MapType.LpmTrie, MapType.Devmap, MapType.DevmapHash];

    private static IEnumerable<MapKind> Kinds => MapKind.All.Where(kind => s_types.Contains(kind.Type));

    [TestCaseSource(nameof(Kinds))]
    public void RandomBatches_OfAKind_AgreeWithTheKernel(MapKind kind)
    {
        int seed = RandomTest.Seed();
        using var machines = new MapMachines();
        for (int i = 0; i < RandomTest.Programs(Sequences); i++)
        {
            var random = new Random(unchecked(seed + i));
            Assert.That(FirstDifference(machines, kind, random), Is.Null, $"BPFCONF_SEED={seed} sequence {i}");
        }
    }

    [TestCase(0u, 4, ExecutionStatus.Inconclusive)]
    [TestCase(0u, 6, ExecutionStatus.Returned)]
    [TestCase(0x40u, 4, ExecutionStatus.Returned)]
    public void BatchOfAHash_ThatASeedDecides_IsInconclusive(uint flags, int count, ExecutionStatus status)
    {
        MapDefinition map = new("m", MapType.Hash, 4, 4, 6) { Flags = (MapFlags)flags };
        byte[] elements = [.. Enumerable.Range(0, 6).SelectMany(BitConverter.GetBytes)];
        RunInput[] steps =
        [
            new() { Step = new BatchStep(BatchCommand.Update, 0, 6, elements, elements) },
            new() { Step = new BatchStep(BatchCommand.Lookup, 0, count, default, default) },
        ];
        var request = new LoadRequest(new BpfProgram([Move(0, 0), Exit]), [map], DataBytes: 0)
        {
            IsSequence = true,
            LongestBatch = BatchStep.LongestIn(steps.Select(step => step.Step), [map]),
        };
        using var machines = new MapMachines();

        Assert.That(Run(machines.Reference, request, steps)[1].Status, Is.EqualTo(status));
        Assert.That(Run(machines.Kernel, request, steps)[1].Status, Is.EqualTo(status));
    }

    private static string? FirstDifference(MapMachines machines, MapKind kind, Random random)
    {
        MapDefinition map = new DefinitionGenerator(random).Next(kind)[^1];
        if (kind.Keys == KeyShape.Bytes && !kind.HoldsDevices && random.Next(2) == 0) map = map with { Flags = map.Flags | MapFlags.ZeroSeed };
        RunInput[] steps = [.. Steps(random, kind, map)];
        var request = new LoadRequest(new BpfProgram([Move(0, 0), Exit]), [map], DataBytes: 0)
        {
            IsSequence = true,
            LongestBatch = BatchStep.LongestIn(steps.Select(step => step.Step), [map]),
        };
        ObservationBatch[] seen = [.. ((IExecutionTarget[])[machines.Reference, machines.Kernel]).Select(target => Run(target, request, steps))];
        for (int i = 0; i < steps.Length; i++)
        {
            if (seen[0][i].Status == ExecutionStatus.Inconclusive) return null; // what a part of a map is follows from a seed
            if (Text(seen[0], i) != Text(seen[1], i)) return $"{map}, step {i}, {steps[i].Step}: {Text(seen[0], i)} and {Text(seen[1], i)}";
        }

        return null;
    }

    private static IEnumerable<RunInput> Steps(Random random, MapKind kind, MapDefinition map)
    {
        var keys = new KeyPool(random, kind.Keys, map);
        for (int i = 0; i < StepsEach; i++) yield return new RunInput { Step = Step(random, kind, map, keys) };
    }

    private static BatchStep Step(Random random, MapKind kind, MapDefinition map, KeyPool keys)
    {
        var command = (BatchCommand)random.Next(4);
        int count = random.Next(map.MaxEntries + 3);
        ulong flags = random.Next(12) == 0 ? 1ul << random.Next(4) : 0;
        if (command is BatchCommand.Lookup or BatchCommand.LookupAndDelete)
        {
            return new BatchStep(command, 0, count, default, default, flags) { GoesOn = random.Next(2) == 0 };
        }

        byte[] given = [.. Enumerable.Range(0, count).SelectMany(_ => keys.Any())];
        byte[] values = [.. Enumerable.Range(0, command == BatchCommand.Update ? count : 0).SelectMany(_ => kind.NewValue(random, map.ValueBytes))];
        return new BatchStep(command, 0, count, given, values, flags);
    }

    private static ObservationBatch Run(IExecutionTarget target, LoadRequest request, RunInput[] steps)
    {
        var seen = new ObservationBatch();
        seen.Reset(steps.Length, request.ObservedBytes);
        LoadResult result = target.Load(request);
        using ILoadedProgram program = result.Program ?? throw new AssertionException($"{target.Name}: {result.Verdict.Message}");
        program.Run(steps, seen);
        return seen;
    }

    private static string Text(ObservationBatch seen, int step) =>
        $"{seen[step].Status} {(long)seen[step].R0} {Convert.ToHexString(seen.Data(step)[..Math.Max(seen[step].DataLength, 0)])}";
}
