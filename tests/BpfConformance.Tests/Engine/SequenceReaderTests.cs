using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>Contents of maps, steps of user space, and what is in maps afterwards.</summary>
[TestFixture]
public sealed class SequenceReaderTests
{
    private const string Program = "-- asm\nr0 = 0\nexit\n";
    private const string Maps = "-- maps\nm: hash key 2 value 4 entries 3\n0100 = 01020304\n0200 = 00000000\na: array key 4 value 1 entries 3\nq: queue key 0 value 2 entries 4\n- = 0102\n";

    private static TestCase Read(string text) => VectorReader.Read(text, "maps/x.vector", "x.vector");

    [Test]
    public void Read_Contents_AreInTheirOrder()
    {
        TestCase test = Read(Program + Maps + "-- result\n0\n");

        Assert.That(test.Maps[0].Contents.Select(Text), Is.EqualTo(new[] { "0100=01020304", "0200=00000000" }));
        Assert.That(test.Maps[1].Contents, Is.Empty);
        Assert.That(test.Maps[2].Contents.Select(Text), Is.EqualTo(new[] { "=0102" }));
        Assert.That((test.IsSequence, test.SubjectName), Is.EqualTo((false, "maps hash")));
    }

    [Test]
    public void Read_MapOfMaps_NamesMapsBeforeIt()
    {
        TestCase test = Read(
            Program + "-- maps\nin: array key 4 value 4 entries 1\nother: array key 4 value 4 entries 1\n"
            + "out: hash_of_maps key 4 value 4 entries 2 flags 0x1 inner in\n00000000 = other\nb: bloom_filter key 0 value 4 entries 2 extra 3\n-- result\n0\n");

        Assert.That((test.Maps[2].InnerMap, test.Maps[2].Flags), Is.EqualTo((0, MapFlags.NoPreallocation)));
        Assert.That(test.Maps[2].Contents.Select(Text), Is.EqualTo(new[] { "00000000=01000000" }));
        Assert.That(test.Maps[3].Extra, Is.EqualTo(3));
    }

    [Test]
    public void Read_MapsAfterOfRecordsWithAKeyThatNoSuchMapHas_IsRead()
    {
        TestCase test = Read(Program + "-- maps\np: perf_event_array key 2 value 4 entries 2\n-- result\n0\n-- maps-after\np:\n0100 = aabb\n0000 = cc\n");

        Assert.That(Convert.ToHexStringLower(test.Inputs[0].MapsAfter[0].Part.Span), Is.EqualTo("02000000" + "0000" + "01000000" + "cc" + "0100" + "02000000" + "aabb"));
    }

    [Test]
    public void Read_ManyStepsBesideALongBatch_IsRefused()
    {
        string steps = "lookup_batch m first 100000 -> ok\n" + string.Concat(Enumerable.Repeat("lookup m 00000000 -> ENOENT\n", 2500));

        Assert.That(
            () => Read(Program + "-- maps\nm: hash key 4 value 4 entries 4\n-- steps\n" + steps),
            Throws.TypeOf<BpfFormatException>().With.Message.Contains("800004 bytes of what steps give, 2501 times, expected at most 64 MiB in a file"));
    }

    [TestCase("run 0102 -> 5", null, 5, null)]
    [TestCase("run 0102 -> -1 / 0304", null, -1, "0304")]
    [TestCase("lookup m 0100 -> 01020304", "Lookup 0 0100  0", 0, "01020304")]
    [TestCase("lookup m 0100 -> ENOENT", "Lookup 0 0100  0", -2, null)]
    [TestCase("lookup q - -> 0102", "Lookup 2   0", 0, "0102")]
    [TestCase("update m 0100 05060708 -> ok", "Update 0 0100 05060708 0", 0, null)]
    [TestCase("update m 0100 05060708 noexist -> EEXIST", "Update 0 0100 05060708 1", -17, null)]
    [TestCase("update q - 0506 exist -> ok", "Update 2  0506 2", 0, null)]
    [TestCase("update m 0100 05060708 0xff00000000000000 -> EINVAL", "Update 0 0100 05060708 18374686479671623680", -22, null)]
    [TestCase("delete m 0100 -> ENOTSUPP", "Delete 0 0100  0", -524, null)]
    [TestCase("lookup_and_delete m 0100 -> 00000000", "LookupAndDelete 0 0100  0", 0, "00000000")]
    [TestCase("next_key m - -> 0200", "NextKey 0   0", 0, "0200")]
    [TestCase("next_key m 0200 -> ENOENT", "NextKey 0 0200  0", -2, null)]
    [TestCase("freeze a -> ok", "Freeze 1   0", 0, null)]
    public void Read_Step_IsWhatItSays(string text, string? step, long result, string? after)
    {
        TestCase test = Read(Program + Maps + "-- steps\nrun 0000 -> 0\n" + text + "\n");
        CaseInput input = test.Inputs[1];

        Assert.That(test.IsSequence);
        Assert.That(input.Line, Is.EqualTo(13));
        Assert.That(input.Step is MapStep taken ? $"{taken.Command} {taken.Map} {Hex(taken.Key)} {Hex(taken.Value)} {taken.Flags}" : null, Is.EqualTo(step));
        Assert.That(input.Result, Is.EqualTo(unchecked((ulong)result)));
        Assert.That(input.DataAfter is { } bytes ? Hex(bytes) : null, Is.EqualTo(after));
    }

    [Test]
    public void Read_MapsAfter_AreWholePartsInTheirOrder()
    {
        TestCase test = Read(Program + Maps + "-- result\n0\n-- maps-after\na:\n01000000 = 07\nm:\n0200 = 05060708\n0100 = 01020304\nq:\n");

        Assert.That(
            test.Inputs[0].MapsAfter.Select(stated => $"{stated.Map}: {Hex(stated.Part)}"),
            Is.EqualTo(new[]
            {
                "0: 02000000" + "0100" + "01020304" + "0200" + "05060708",
                "1: 03000000" + "00000000" + "00" + "01000000" + "07" + "02000000" + "00",
                "2: 00000000",
            }));
    }

    [Test]
    public void Read_MapsAfterSteps_BelongToTheLast()
    {
        TestCase test = Read(Program + Maps + "-- steps\nrun 0000 -> 0\nfreeze m -> ok\n-- maps-after\nq:\n- = 0102\n");

        Assert.That(test.Inputs.Select(input => input.MapsAfter.Length), Is.EqualTo(new[] { 0, 1 }));
        Assert.That(test.ToRequest().ObservedBytes, Is.EqualTo(4), "a value of m");
    }

    [Test]
    public void Read_Records_HaveLengthsOfTheirOwn()
    {
        TestCase test = Read(
            Program + "-- maps\nr: ringbuf key 0 value 0 entries 4096\nu: user_ringbuf key 0 value 0 entries 8192\n- = 010203\n- = -\n"
            + "p: perf_event_array key 4 value 4 entries 2\n01000000 = event_elsewhere\n-- steps\nconsume r -> 0405\nconsume r -> EAGAIN\nproduce u 06 -> ok\n"
            + "-- maps-after\np:\n01000000 = 07\n00000000 = 0809\n01000000 = -\nr:\n- = 0a0b\n- = -\n");

        Assert.That(test.Maps.SelectMany(map => map.Contents).Select(Text), Is.EqualTo(new[] { "=010203", "=", "01000000=01000000" }));
        Assert.That(
            test.Inputs.Select(input => $"{(RingStep)input.Step! with { Record = default }} {(long)input.Result!} {input.DataAfter?.Length}"),
            Is.EqualTo(new[]
            {
                $"{new RingStep(RingCommand.Consume, 0, default)} 0 2", $"{new RingStep(RingCommand.Consume, 0, default)} -11 ", $"{new RingStep(RingCommand.Produce, 1, default)} 0 ",
            }));
        Assert.That(
            test.Inputs[2].MapsAfter.Select(stated => $"{stated.Map}: {Hex(stated.Part)}"),
            Is.EqualTo(new[]
            {
                "0: 02000000" + "02000000" + "0a0b" + "00000000",
                "2: 03000000" + "00000000" + "02000000" + "0809" + "01000000" + "01000000" + "07" + "01000000" + "00000000",
            }));
        Assert.That(test.ToRequest().ObservedBytes, Is.EqualTo(8192));
    }

    [TestCase(Program + "-- maps\nr: ringbuf key 0 value 0 entries 4096\n- = 01\n-- result\n0\n", 6, "found an entry of map 'r', into which only programs put records")]
    [TestCase(Program + "-- maps\np: perf_event_array key 4 value 4 entries 2\n00000000 = 01\n-- result\n0\n", 6, "found '01', expected one of: event, event_elsewhere, dummy")]
    [TestCase(Program + Maps + "-- steps\nconsume m -> EAGAIN\n", 12, "there is no ringbuf 'm' in '-- maps'")]
    [TestCase(Program + Maps + "-- steps\nproduce m 00 -> ok\n", 12, "there is no user_ringbuf 'm' in '-- maps'")]
    [TestCase(Program + "-- maps\n0000 = 00\n-- result\n0\n", 5, "found '0000 = 00', expected a map before its entries: name: kind key BYTES value BYTES entries COUNT [flags 0xFLAGS] [inner NAME] [extra COUNT] [pin NAMESPACE NAME] [FIELD OFFSET ...]")]
    [TestCase(Program + "-- maps\nm: hash key 2 value 4 entries 3\n01 = 01020304\n-- result\n0\n", 6, "found a key of 1 bytes, expected 2 for map 'm'")]
    [TestCase(Program + "-- maps\nm: hash key 2 value 4 entries 3\n0100 = 010203\n-- result\n0\n", 6, "found a value of 3 bytes, expected 4 for map 'm'")]
    [TestCase(Program + "-- maps\nm: hash key 2 value 4 entries 3\n0100 = 01020304 = 00\n-- result\n0\n", 6, "found '0100 = 01020304 = 00', expected KEY = VALUE")]
    [TestCase(Program + "-- maps\nm: array_of_maps key 4 value 4 entries 3 inner x\n-- result\n0\n", 5, "there is no map 'x' before this one")]
    [TestCase(Program + "-- maps\nm: array_of_maps key 4 value 4 entries 3\n00000000 = x\n-- result\n0\n", 6, "there is no map 'x' in '-- maps'")]
    [TestCase(Program + Maps + "-- result\n0\n-- maps-after\n", 13, "'-- maps-after' is empty, expected the name of a map and ':'")]
    [TestCase(Program + Maps + "-- result\n0\n-- maps-after\n0100 = 01020304\n", 14, "found '0100 = 01020304', expected the name of a map and ':' before its entries")]
    [TestCase(Program + Maps + "-- result\n0\n-- maps-after\nx:\n", 14, "found 'x:', expected a map of '-- maps' and ':', or KEY = VALUE")]
    [TestCase(Program + Maps + "-- result\n0\n-- maps-after\nm:\na:\nm:\n", 16, "map 'm' is there twice")]
    [TestCase(Program + Maps + "-- result\n0\n-- maps-after\na:\n05000000 = 00\n", 15, "map 'a' has no index 05000000")]
    [TestCase(Program + Maps + "-- result\n0\n-- maps-after\nm:\n0100 = 00000000\n0100 = 00000000\n", 16, "map 'm' has key 0100 twice")]
    [TestCase(Program + Maps + "-- cases\n00 -> 0\n-- maps-after\nm:\n", 11, "'-- cases' has no place beside '-- maps-after', which is about one run or the last of some steps")]
    [TestCase(Program + "-- steps\nrun 00 -> 0\n", 4, "steps without '-- maps', expected a map that they share")]
    [TestCase(Program + Maps + "-- steps\n-- result\n0\n", 12, "'-- result' has no place beside '-- steps', which says what is run")]
    [TestCase(Program + Maps + "-- steps\nlookup x 00 -> ok\n", 12, "there is no map 'x' in '-- maps'")]
    [TestCase(Program + Maps + "-- steps\nlookup m 0100 -> ok\n", 12, "found 'ok', expected the bytes of a value, or an errno such as ENOENT")]
    [TestCase(Program + Maps + "-- steps\nlookup m 0100 -> ENOENTT\n", 12, "found 'ENOENTT', expected the bytes of a value, or an errno such as ENOENT")]
    [TestCase(Program + Maps + "-- steps\nlookup m 0100 -> 0z\n", 12, "in '0z' found 'z', expected hexadecimal digits")]
    [TestCase(Program + Maps + "-- steps\nlookup m 0100\n", 12, "found 'lookup m 0100', expected lookup MAP KEY -> RESULT")]
    [TestCase(Program + Maps + "-- steps\npin m -> ok\n", 12, "found 'pin m -> ok', expected pin NAME PATH -> RESULT")]
    [TestCase(Program + Maps + "-- steps\nrun three 00 -> 0\n", 12, "there is no program 'three' in this file")]
    [TestCase(Program + Maps + "-- steps\nlookup_batch m 8 -> ok\n", 12, "found '8', expected lookup_batch MAP [flags 0xFLAGS] first|next COUNT -> RESULT [KEY=VALUE…]")]
    [TestCase(Program + "-- maps\nm: hash key 2 value 4 entries 3 flags 1\n-- result\n0\n", 5, "found 'flags 1', expected name: kind key BYTES value BYTES entries COUNT [flags 0xFLAGS] [inner NAME] [extra COUNT] [pin NAMESPACE NAME] [FIELD OFFSET ...]")]
    [TestCase(Program + Maps + "-- steps\ndelete m 0100 -> 0100\n", 12, "found '0100', expected ok, or an errno such as ENOENT")]
    [TestCase(Program + Maps + "-- steps\nupdate m 0100 00000000 never -> ok\n", 12, "found 'never', expected any, noexist, exist, or 0x and hexadecimal digits")]
    [TestCase(Program + Maps + "-- steps\nrun 00 -> 0\nrun 0000 -> 0\n", 11, "runs with different lengths of memory, expected the same for all")]
    public void Read_SomethingWrong_SaysWhatAndWhere(string text, int line, string problem)
    {
        var error = Assert.Throws<BpfFormatException>(() => Read(text))!;

        Assert.That((error.Line, error.Problem), Is.EqualTo((line, problem)));
    }

    private static string Text(MapEntry entry) => $"{Hex(entry.Key)}={Hex(entry.Value)}";

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
