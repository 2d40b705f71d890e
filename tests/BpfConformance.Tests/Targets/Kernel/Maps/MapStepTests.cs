using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Short sequences in which the reference and the kernel once differed.</summary>
[TestFixture]
internal sealed class MapStepTests : KernelFixture
{
    private const MapCommand Lookup = MapCommand.Lookup;

    [Test]
    public void Store_InAMapThatProgramsMayNotRead_IsDone()
    {
        MapSequence empty = About(MapType.Array, 4, 4, MapFlags.WriteOnlyForPrograms);
        byte[] key = [1, 0, 0, 0];
        RunInput store = new(empty.Layout.Write(MapDeed.Store, 0, 0, key, [], [1, 2, 3, 4]));

        foreach (ObservationBatch seen in OnBoth(empty with { Steps = [store, ByUser(Lookup, key, [])] }))
        {
            Assert.That((seen[0].R0, seen[1].R0), Is.EqualTo((1, 0)));
            Assert.That(seen.Data(1)[..4].ToArray(), Is.EqualTo((byte[])[1, 2, 3, 4]));
        }
    }

    [Test]
    public void Peek_OfAQueueThatProgramsMayNotRead_GivesTheValue()
    {
        MapSequence empty = About(MapType.Queue, 0, 4, MapFlags.WriteOnlyForPrograms);
        RunInput push = new(empty.Layout.Write(MapDeed.Push, 0, 0, [], [], [1, 2, 3, 4]));
        RunInput peek = new(empty.Layout.Write(MapDeed.Peek, 0, 0, [], [], [0, 0, 0, 0]));

        foreach (ObservationBatch seen in OnBoth(empty with { Steps = [push, peek] }))
        {
            Assert.That((seen[0].R0, seen[1].R0), Is.EqualTo((0, 0)));
            Assert.That(seen.Data(1)[^4..].ToArray(), Is.EqualTo((byte[])[1, 2, 3, 4]));
        }
    }

    [Test]
    public void Lookup_InABloomFilter_IsForTheValueOfTheStep()
    {
        MapSequence empty = About(MapType.BloomFilter, 0, 4, MapFlags.ZeroSeed);
        byte[] added = [1, 2, 3, 4];
        MapSequence sequence = empty with
        {
            Steps = [ByUser(MapCommand.Update, [], added), ByUser(Lookup, [], added), ByUser(Lookup, [], [4, 3, 2, 1]), ByUser(Lookup, [], [])],
        };

        foreach (ObservationBatch seen in OnBoth(sequence))
        {
            Assert.That(Enumerable.Range(0, 4).Select(i => (long)seen[i].R0), Is.EqualTo((long[])[0, 0, -2, -2]));
            Assert.That(seen.Data(1)[..4].ToArray(), Is.EqualTo(added));
        }
    }

    [Test]
    public void Image_OfAFrozenQueue_IsNotShownByTheKernelWhichCannotPop()
    {
        MapSequence empty = About(MapType.Queue, 0, 4, MapFlags.None);
        MapSequence sequence = empty with { Steps = [ByUser(MapCommand.Update, [], [1, 2, 3, 4]), ByUser(MapCommand.Freeze, [], [])] };

        int[] lengths = [.. OnBoth(sequence).Select(seen => seen[1].MapsLength)];

        Assert.That(lengths, Is.EqualTo((int[])[8, -1]));
    }

    [Test]
    public void Update_OfAKeyInAHashOfMaps_LeavesItInItsPlace()
    {
        MapDefinition inner = new("inner", MapType.Hash, 4, 8, 4);
        MapDefinition outer = new("map", MapType.HashOfMaps, 1, 4, 7, MapFlags.ZeroSeed) { InnerMap = 0 };
        MapStep first = new(MapCommand.Update, 1, (byte[])[0x52], new byte[4]);
        MapStep second = first with { Key = (byte[])[0xed] };
        MapStep next = new(MapCommand.NextKey, 1, default, default);
        RunInput[] steps = [.. ((MapStep[])[first, second, first, next]).Select(step => new RunInput { Step = step })];

        foreach (ObservationBatch seen in OnBoth(new MapSequence(KindOf(MapType.HashOfMaps), [inner, outer], [.. steps])))
        {
            Assert.That((seen[3].R0, seen.Data(3)[0]), Is.EqualTo((0, 0xed)));
        }
    }

    private static MapKind KindOf(MapType type) => MapKind.All.Single(kind => kind.Type == type && kind.Fields.Length == 0);

    private static MapSequence About(MapType type, int keyBytes, int valueBytes, MapFlags flags) => new(
        KindOf(type), [new MapDefinition("map", type, keyBytes, valueBytes, 4, flags)], []);

    private static RunInput ByUser(MapCommand command, byte[] key, byte[] value) => new() { Step = new MapStep(command, 0, key, value) };

    /// <summary>What the reference shows, and the kernel.</summary>
    private IEnumerable<ObservationBatch> OnBoth(MapSequence sequence)
    {
        IExecutionTarget reference = Keep(new ReferenceTarget());
        foreach (IExecutionTarget target in (IExecutionTarget[])[reference, Keep(KernelTarget.Create(reference))])
        {
            LoadRequest request = sequence.ToRequest();
            LoadResult result = target.Load(request);
            Assert.That(result.Verdict, Is.EqualTo(Verdict.Accepted));
            ILoadedProgram program = Keep(result.Program!); // an accepted program is there
            var seen = new ObservationBatch();
            seen.Reset(sequence.Steps.Length, request.ObservedBytes, sequence.ImageBytes);
            program.Run(sequence.Steps.AsSpan(), seen);
            yield return seen;
        }
    }
}
