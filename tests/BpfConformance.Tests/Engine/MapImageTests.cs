using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Comparison;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>Images come from plug-ins, too, and are then whatever somebody sends.</summary>
[TestFixture]
public sealed class MapImageTests
{
    private static readonly MapDefinition s_hash = new("h", MapType.Hash, 1, 2, 2);
    private static readonly MapDefinition s_bloom = new("b", MapType.BloomFilter, 0, 4, 2);
    private static readonly MapDefinition s_ring = new("r", MapType.Ringbuf, 0, 0, 4096);
    private static readonly MapDefinition s_events = new("p", MapType.PerfEventArray, 4, 4, 2);

    [TestCase("00000000 00000000", true)]
    [TestCase("01000000 010203 00000000", true)]
    [TestCase("02000000 010203 020304 00000000", true)]
    [TestCase("", false)]
    [TestCase("00000000", false, Description = "the second map is missing")]
    [TestCase("00000000 00000000 00", false, Description = "something is left")]
    [TestCase("01000000 0102 00000000", false, Description = "a value that is too short, so that the next count is")]
    [TestCase("03000000 010203 020304 030405 00000000", false, Description = "more than the map can have")]
    [TestCase("00000000 01000000 01020304", false, Description = "what cannot be read back")]
    [TestCase("ffffffff 00000000", false)]
    [TestCase("00000080 00000000", false)]
    [TestCase("0000", false)]
    public void IsOf_Bytes_AsManyAsTheirCountsSay(string hex, bool expected)
    {
        byte[] image = Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));

        Assert.That(MapImage.IsOf([s_hash, s_bloom], image), Is.EqualTo(expected));
    }

    [TestCase("00000000 00000000", true)]
    [TestCase("02000000 03000000 010203 00000000 01000000 02000000 01000000 aa", true)]
    [TestCase("02000000 03000000 010203 01000000 00000000", false, Description = "a record that is missing")]
    [TestCase("01000000 ffffffff 00000000", false, Description = "longer than all there is")]
    [TestCase("01000000 0300 00000000", false, Description = "half a length")]
    [TestCase("ffffffff 00000000", false)]
    public void IsOf_Records_AsLongAsTheySay(string hex, bool expected)
    {
        byte[] image = Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));

        Assert.That(MapImage.IsOf([s_ring, s_events], image), Is.EqualTo(expected));
    }

    [Test]
    public void Part_Records_AreItsEntries()
    {
        MapEntry[] entries = [new(new byte[] { 1, 0, 0, 0 }, new byte[] { 7, 8 }), new(new byte[] { 1, 0, 0, 0 }, default), new(new byte[] { 2, 0, 0, 0 }, new byte[] { 9 })];

        byte[] part = MapImage.Part(s_events, entries);

        Assert.That(Convert.ToHexStringLower(part), Is.EqualTo("03000000" + "01000000" + "02000000" + "0708" + "01000000" + "00000000" + "02000000" + "01000000" + "09"));
        Assert.That(MapImage.Entries(s_events, part).Select(entry => Convert.ToHexStringLower(entry.Value.Span)), Is.EqualTo(new[] { "0708", "", "09" }));
    }
}
