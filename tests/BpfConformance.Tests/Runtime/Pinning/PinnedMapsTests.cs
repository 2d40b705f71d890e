using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Pinning;
using NUnit.Framework;

namespace BpfConformance.Tests.Runtime.Pinning;

/// <summary>Maps that are loaded as the older loaders do: created and pinned, found, or refused.</summary>
[TestFixture]
public sealed class PinnedMapsTests
{
    private static readonly MapPin s_shared = new(PinNamespace.Global, "shared");

    [Test]
    public void Load_MapsAtOnePlace_AreTheFirst()
    {
        ImmutableArray<MapDefinition> maps = [Map("a") with { Pin = s_shared }, Map("b"), Map("c") with { Pin = s_shared }, Map("d") with { Pin = s_shared with { Namespace = PinNamespace.Object } }];

        Assert.That(PinnedMaps.Of(maps), Is.EqualTo(new[] { 0, 1, 0, 3 }));
    }

    [Test]
    public void Load_MapsThatArePinnedNowhere_AreThemselves() => Assert.That(PinnedMaps.Of([Map("a"), Map("b"), Map("a")]), Is.EqualTo(new[] { 0, 1, 2 }));

    [TestCase("tc/globals/shared", 0)]
    [TestCase("tc/object/shared", 1)]
    public void Reset_OfAFileSystemWithPinnedMaps_BringsThemBack(string path, int expected)
    {
        var files = new BpfFileSystem([Map("a") with { Pin = s_shared }, Map("b") with { Pin = s_shared with { Namespace = PinNamespace.Object } }]);
        files.Reset();
        Assert.That((files.Unlink(path), files.Get(path, out _)), Is.EqualTo((Errno.None, Errno.ENOENT)));

        files.Reset();

        Assert.That((files.Get(path, out int subject), subject), Is.EqualTo((Errno.None, expected)));
    }

    [Test]
    public void Load_OfAMapWhosePlaceAProgramHas_IsRefused()
    {
        ImmutableArray<MapDefinition> maps = [Map("a") with { Pin = s_shared }];
        var files = new BpfFileSystem([]);
        files.MakeFolder("tc");
        files.MakeFolder("tc/globals");
        files.Pin("tc/globals/shared", maps.Length);

        Assert.That(PinnedMaps.Load(files, maps, 0, out _), Is.EqualTo(Errno.EINVAL));
    }

    [Test]
    public void Load_OfAMapWithOtherFlags_IsRefused()
    {
        ImmutableArray<MapDefinition> maps = [Map("a") with { Pin = s_shared }, Map("b") with { Pin = s_shared, Flags = MapFlags.ZeroSeed }];
        var files = new BpfFileSystem([]);

        Assert.That(Enumerable.Range(0, 2).Select(index => PinnedMaps.Load(files, maps, index, out _)), Is.EqualTo(new[] { Errno.None, Errno.EINVAL }));
    }

    private static MapDefinition Map(string name) => new(name, MapType.Hash, 4, 8, 4);
}
