using System.Buffers.Binary;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random maps that older loaders pin, of which some are one: what programs and user space do by any of their names, and with the pins.</summary>
[TestFixture]
internal sealed class PinnedMapSequenceTests : SequenceFixture
{
    private const int Loads = 10;
    private const int SequencesEach = 4;
    private const int MapCount = 4;

    /// <summary>A run adds to the value of a key in the map that the memory says: which of the four, the key, how much.</summary>
    private const int KeyAt = 4;
    private const int AddedAt = 8;
    private const int DataBytes = 16;

    private static readonly MapType[] s_types = [MapType.Hash, MapType.Hash, MapType.Array, MapType.PercpuHash];
    private static readonly MapFlags[] s_flags = [MapFlags.None, MapFlags.None, MapFlags.ReadOnly, MapFlags.WriteOnly];
    private static readonly string[] s_names = ["one", "two"];
    private static readonly string[] s_paths =
        ["tc", "tc/globals", "tc/object", "tc/globals/one", "tc/globals/two", "tc/object/one", "tc/object/two", "tc/globals/three", "one"];

    [Test]
    public void RandomSequence_OnPinnedMaps_AgreesWithTheKernel()
    {
        var random = new Random(RandomTest.Seed());
        for (int load = 0; load < Loads; load++)
        {
            LoadRequest request = Request(random, areAlike: true);
            Compare(request, SequencesEach, chance => Steps(() => chance.Next(3) == 0 ? Run(chance) : new RunInput { Step = Step(chance) }));
        }
    }

    [Test]
    public void RandomMaps_SomeOfWhichAreUnlike_AreLoadedAsWithTheKernel()
    {
        var random = new Random(RandomTest.Seed());
        using var machines = new MapMachines();
        for (int i = 0; i < RandomTest.Programs(Loads * SequencesEach); i++)
        {
            LoadRequest request = Request(random, areAlike: false);
            LoadResult[] results = [machines.Reference.Load(request), machines.Kernel.Load(request)];
            foreach (LoadResult result in results) result.Program?.Dispose();
            Assert.That(results[0].Verdict.Reason, Is.EqualTo(results[1].Verdict.Reason), () => $"{string.Join('\n', request.Maps)}\n{results[0].Verdict.Message}\n{results[1].Verdict.Message}");
            Assert.That(results[0].Verdict.Reason, Is.AnyOf(ReasonClass.None, ReasonClass.InvalidMapDefinition));
        }
    }

    private static LoadRequest Request(Random random, bool areAlike)
    {
        MapType type = s_types[random.Next(s_types.Length)];
        var maps = new List<MapDefinition>();
        while (maps.Count < MapCount) maps.Add(Map(random, type, maps, areAlike));
        return new LoadRequest(new BpfProgram(Assembler.Assemble(Program()).Instructions), [.. maps], DataBytes) { IsSequence = true };
    }

    /// <summary>Where maps are alike, one that another is before it has the flags of that; and user space may read it, to see what is in it in the end.</summary>
    private static MapDefinition Map(Random random, MapType type, List<MapDefinition> before, bool areAlike)
    {
        MapPin? pin = random.Next(4) == 0 ? null : new MapPin((PinNamespace)random.Next(1, 3), s_names[random.Next(s_names.Length)]);
        MapFlags flags = s_flags[random.Next(s_flags.Length - (areAlike ? 1 : 0))];
        if (areAlike && pin is not null && before.Find(map => map.Pin == pin) is { } first) flags = first.FlagsAfterwards;
        int entries = !areAlike && random.Next(6) == 0 ? 5 : 4;
        return new MapDefinition($"m{before.Count}", type, sizeof(uint), sizeof(ulong), entries, flags) { Pin = pin };
    }

    private static string Program() => string.Concat(Enumerable.Range(0, MapCount).Select(map => $"""
        r6 = *(u32 *)(r1 + 0)
        if r6 != {map} goto next{map}
        r6 = r1
        r2 = r1
        r2 += {KeyAt}
        r1 = map_by_fd({map}) ll
        call 1
        if r0 == 0 goto none
        r1 = *(u64 *)(r6 + {AddedAt})
        r2 = *(u64 *)(r0 + 0)
        r2 += r1
        *(u64 *)(r0 + 0) = r2
        r0 = r2
        r6 = 0
        exit
        next{map}:

        """)) + "none:\nr0 = -1\nr6 = 0\nexit";

    private static RunInput Run(Random random)
    {
        var memory = new byte[DataBytes];
        BinaryPrimitives.WriteInt32LittleEndian(memory, random.Next(MapCount));
        BinaryPrimitives.WriteInt32LittleEndian(memory.AsSpan(KeyAt), random.Next(5));
        BinaryPrimitives.WriteInt64LittleEndian(memory.AsSpan(AddedAt), random.Next(100));
        return new RunInput(memory);
    }

    private static UserStep Step(Random random)
    {
        string path = s_paths[random.Next(s_paths.Length)];
        byte[] key = BitConverter.GetBytes(random.Next(5));
        return random.Next(12) switch
        {
            < 4 => new MapStep(MapCommand.Update, random.Next(MapCount), key, BitConverter.GetBytes(random.NextInt64()), (ulong)random.Next(3)),
            < 6 => new MapStep(MapCommand.Lookup, random.Next(MapCount), key, default),
            6 => new MapStep(MapCommand.Delete, random.Next(MapCount), key, default),
            7 => new PinStep(PinCommand.Pin, path, random.Next(MapCount + 1)), // behind the maps the program
            < 10 => new PinStep(PinCommand.Get, path),
            10 => new PinStep(PinCommand.Unlink, path),
            _ => new PinStep(random.Next(2) == 0 ? PinCommand.MakeFolder : PinCommand.RemoveFolder, path),
        };
    }
}
