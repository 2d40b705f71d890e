using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Maps;
using NUnit.Framework;
using static BpfConformance.Tests.Runtime.Maps.MapUnderTest;

namespace BpfConformance.Tests.Runtime.Maps;

/// <summary>Maps as user space has them.</summary>
[TestFixture]
public sealed class MapAccessTests
{
    [TestCase(MapType.PercpuHash)]
    [TestCase(MapType.PercpuArray)]
    [TestCase(MapType.LruPercpuHash)]
    public void PerProcessor_ValuesOfEach_AreApart(MapType type)
    {
        using var map = new MapUnderTest(type, 4, 8, 2);
        Assert.That(map.User.UpdateAll(Bytes(1), [.. Long(5), .. Long(6)]), Is.EqualTo(Errno.None));
        Assert.That(map.ReadLong(map.LookupOn(Bytes(1), 0)), Is.EqualTo(5));
        Assert.That(map.ReadLong(map.LookupOn(Bytes(1), 1)), Is.EqualTo(6));
        Assert.That(map.LookupOn(Bytes(1), 2), Is.Zero);

        _ = map.Update(Bytes(1), Long(7));
        byte[] all = new byte[16];
        Assert.That(map.User.LookupAll(Bytes(1), all), Is.EqualTo(Errno.None));
        Assert.That(all, Is.EqualTo(new byte[] { 7, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0 }));
        _ = map.User.Update(Bytes(1), Long(8));
        Assert.That(map.ReadLong(map.LookupOn(Bytes(1), 1)), Is.Zero);
        Assert.That(map.User.LookupAll(Bytes(9), all), Is.EqualTo(Errno.ENOENT));
        Assert.That(() => map.User.LookupAll(Bytes(1), new byte[8]), Throws.ArgumentException);
    }

    [Test]
    public void Update_BytesThatDiffer_AreKnownToDiffer()
    {
        using var map = new MapUnderTest(MapType.LruPercpuHash, 4, 8, 2);
        byte[] known = [1, 1, 2, 2, 0, 1, 3, 1];
        _ = map.Update(Bytes(1), Long(1), shadow: known);
        byte[] shadow = new byte[8];
        Assert.That(map.User.Lookup(Bytes(1), new byte[8], shadow: shadow), Is.EqualTo(Errno.None));
        Assert.That(shadow, Is.EqualTo(new byte[] { 1, 1, 2, 2, 0, 1, 2, 1 }));
        Assert.That(map.Image().Mask[8..], Is.EqualTo(new byte[] { 255, 255, 0, 0, 0, 255, 0, 255 }));
    }

    [Test]
    public void Freeze_Twice_IsNotPermitted()
    {
        using var map = new MapUnderTest(MapType.Hash, 4, 8, 2);
        Assert.That(map.User.Freeze(), Is.EqualTo(Errno.None));
        Assert.That(map.User.Freeze(), Is.EqualTo(Errno.EPERM));
        Assert.That(map.User.Update(Bytes(1), Long(1)), Is.EqualTo(Errno.EPERM));
        Assert.That(map.User.LookupAndDelete(Bytes(1), new byte[8]), Is.EqualTo(Errno.EPERM));
        Assert.That(map.Update(Bytes(1), Long(1)), Is.Zero);
    }

    [Test]
    public void View_KeysAndValues_AreTyped()
    {
        using var map = new MapUnderTest(MapType.Hash, 4, 8, 2);
        var view = new MapView<int, long>(map.User) { [1] = 10, [2] = 20 };
        Assert.That(view[2], Is.EqualTo(20));
        Assert.That(view.TryGet(3, out _), Is.False);
        Assert.That(view.Set(3, 30), Is.EqualTo(Errno.E2BIG));
        Assert.That(view.Keys, Is.EquivalentTo(new[] { 1, 2 }));
        Assert.That(view.Remove(1), Is.EqualTo(Errno.None));
        Assert.That(() => view[1], Throws.TypeOf<KeyNotFoundException>());
        Assert.That(() => new MapView<int, int>(map.User), Throws.ArgumentException.With.Message.Contains("Int32 has 4 bytes, the map 8"));
    }
}
