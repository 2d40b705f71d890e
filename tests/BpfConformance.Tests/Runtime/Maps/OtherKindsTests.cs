using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;
using FsCheck;
using NUnit.Framework;
using static BpfConformance.Tests.Runtime.Maps.MapUnderTest;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Runtime.Maps;

/// <summary>Queues, stacks, bloom filters and maps of maps; what Linux 6.18 answered to the same.</summary>
[TestFixture]
public sealed class OtherKindsTests
{
    private static readonly byte[] s_noKey = [];

    [TestCase(MapType.Queue, 2, 3)]
    [TestCase(MapType.Stack, 3, 2)]
    public void QueueOrStack_FullWithExist_LosesTheOldest(MapType type, int first, int second)
    {
        using var map = new MapUnderTest(type, 0, 8, 2);
        byte[] value = Long(-1);
        Assert.That(map.Peek(value), Is.EqualTo(-2));
        Assert.That(value, Is.EqualTo(Long(0)));
        Assert.That(map.Push(Long(1)), Is.Zero);
        Assert.That(map.Push(Long(2)), Is.Zero);
        Assert.That(map.Push(Long(3)), Is.EqualTo(-7));
        Assert.That(map.Push(Long(3), flags: 1), Is.EqualTo(-22));
        Assert.That(map.Push(Long(3), flags: 3), Is.EqualTo(-22));
        Assert.That(map.Push(Long(3), flags: 2), Is.Zero);
        Assert.That(map.Image().Bytes, Is.EqualTo((byte[])[.. Bytes(2), .. Long(first), .. Long(second)]));
        Assert.That(map.Get(s_noKey), Is.EqualTo(first));
        Assert.That(map.User.LookupAndDelete(s_noKey, value), Is.EqualTo(Errno.None));
        Assert.That(value, Is.EqualTo(Long(first)));
        Assert.That(map.Pop(value), Is.Zero);
        Assert.That(value, Is.EqualTo(Long(second)));
        Assert.That(map.Pop(value), Is.EqualTo(-2));
    }

    [TestCase(MapType.Queue, Errno.ENOENT, Errno.EINVAL, Errno.EINVAL, Errno.ENOENT)]
    [TestCase(MapType.Stack, Errno.ENOENT, Errno.EINVAL, Errno.EINVAL, Errno.ENOENT)]
    [TestCase(MapType.BloomFilter, Errno.ENOENT, Errno.EOPNOTSUPP, Errno.EOPNOTSUPP, Errno.ENOTSUPP)]
    public void User_KeylessAndEmpty_AnswersAsTheKernel(MapType type, Errno lookup, Errno delete, Errno next, Errno take)
    {
        using var map = new MapUnderTest(type, 0, 8, 2);
        Assert.That(map.User.Lookup(s_noKey, new byte[8]), Is.EqualTo(lookup));
        Assert.That(map.User.Delete(s_noKey), Is.EqualTo(delete));
        Assert.That(map.User.NextKey(s_noKey, s_noKey), Is.EqualTo(next));
        Assert.That(map.User.LookupAndDelete(s_noKey, new byte[8]), Is.EqualTo(take));
        Assert.That(map.Lookup(s_noKey), Is.EqualTo(Map.NotAllowed));
        Assert.That(map.Image().Bytes, Is.EqualTo(Bytes(0)));
    }

    [Property(MaxTest = 100)]
    public void Queue_AnyMany_IsAQueue(NonEmptyArray<byte> operations)
    {
        using var map = new MapUnderTest(MapType.Queue, 0, 8, 5);
        var model = new Queue<long>();
        foreach (byte operation in operations.Get)
        {
            byte[] value = Long(operation);
            if (operation < 160)
            {
                Assert.That(map.Push(value), Is.EqualTo(model.Count < 5 ? 0 : -7));
                if (model.Count < 5) model.Enqueue(operation);
            }
            else
            {
                bool isThere = model.TryDequeue(out long expected);
                Assert.That(map.Pop(value), Is.EqualTo(isThere ? 0 : -2));
                Assert.That(BitConverter.ToInt64(value), Is.EqualTo(isThere ? expected : 0));
            }
        }
    }

    [Test]
    public void Queue_BytesThatDiffer_AreKnownToDiffer()
    {
        using var map = new MapUnderTest(MapType.Queue, 0, 8, 1);
        _ = map.Push(Long(1), shadow: [1, 2, 1, 1, 1, 1, 1, 3]);
        byte[] shadow = new byte[8];
        _ = map.User.LookupAndDelete(s_noKey, new byte[8], shadow: shadow);
        Assert.That(shadow, Is.EqualTo(new byte[] { 1, 2, 1, 1, 1, 1, 1, 2 }));
    }

    // Of the numbers below 3000, those that a filter with 0, 7, 14, ... of a zero seed says it has.
    [TestCase(4, 4, 0ul, 9, "0 7 14 21 148 152 604 873 1015")]
    [TestCase(8, 3, 1ul, 130, "0 7 11 14 34 77 108 153 157 163")]
    [TestCase(5, 2, 3ul, 5, "0 7 829 1245 1303")]
    [TestCase(4, 100, 15ul, 100, "0 7 14 21 28 35 42 49 56 63")]
    [TestCase(16, 7, 4ul, 66, "0 7 14 21 28 35 42 137 151 231")]
    [TestCase(3, 1, 2ul, 1, "0")]
    public void BloomFilter_SeedOfZero_IsWrongWhereTheKernelIs(
        int valueBytes, int entries, ulong hashes, int expectedCount, string expected)
    {
        using var map = new MapUnderTest(
            new MapDefinition("m", MapType.BloomFilter, 0, valueBytes, entries, MapFlags.ZeroSeed) { Extra = hashes });
        for (int i = 0; i < entries; i++) Assert.That(map.Push(Value(7 * i)), Is.Zero);
        var found = new List<int>();
        for (int i = 0; i < 3000; i++)
        {
            if (map.Peek(Value(i)) == 0) found.Add(i);
        }

        Assert.That(found, Has.Count.EqualTo(expectedCount));
        Assert.That(string.Join(' ', found.Take(10)), Is.EqualTo(expected));

        byte[] Value(int i) => ((byte[])[.. Bytes(i), .. Bytes(i), .. Bytes(i), .. Bytes(i)])[..valueBytes];
    }

    [TestCase(1ul)]
    [TestCase(2ul)]
    [TestCase(4ul)]
    public void BloomFilter_PushWithFlags_IsInvalid(ulong flags)
    {
        using var map = new MapUnderTest(MapType.BloomFilter, 0, 8, 2);
        Assert.That(map.Push(Long(1), flags), Is.EqualTo(-22));
        Assert.That(map.User.Update(s_noKey, Long(1), flags), Is.EqualTo(Errno.EINVAL));
        Assert.That(map.Pop(Long(1)), Is.EqualTo(Map.NotAllowed));
    }

    [TestCase(MapType.ArrayOfMaps, "None EINVAL EINVAL EINVAL EINVAL None EBADF EINVAL")]
    [TestCase(MapType.HashOfMaps, "None EINVAL EINVAL EINVAL EINVAL None EBADF EINVAL")]
    public void MapOfMaps_InnerMaps_MustLookLikeTheTemplate(MapType type, string expected)
    {
        var template = new MapDefinition("a", MapType.Array, 4, 8, 2);
        using var map = new MapUnderTest(
            new MapDefinition("m", type, 4, 4, 2) { InnerMap = 1 },
            template,
            template with { Name = "b", MaxEntries = 3 },
            template with { Name = "c", ValueBytes = 16 },
            template with { Name = "d", Type = MapType.Hash },
            template with { Name = "e", Flags = MapFlags.InnerMap },
            template with { Name = "f", Flags = MapFlags.ReadOnly });
        int[] indices = [1, 2, 3, 4, 5, 6, 99, 0];
        Assert.That(string.Join(' ', indices.Select(index => map.User.Update(Bytes(0), Bytes(index)))), Is.EqualTo(expected));
        Assert.That(map.Lookup(Bytes(0)), Is.EqualTo((long)Regions.Address(Regions.Maps + 6, 0)));
        Assert.That(map.Lookup(Bytes(1)), Is.Zero);
        Assert.That(map.Update(Bytes(0), Bytes(1)), Is.EqualTo(Map.NotAllowed));
        Assert.That(map.Delete(Bytes(0)), Is.EqualTo(Map.NotAllowed));
        byte[] value = new byte[4];
        Assert.That(map.User.Lookup(Bytes(0), value), Is.EqualTo(Errno.None));
        Assert.That(value, Is.EqualTo(Bytes(6)));
        Assert.That(map.Image().Bytes, Is.EqualTo((byte[])[.. Bytes(1), .. Bytes(0), .. Bytes(6)]));
        Assert.That(map.User.LookupAndDelete(Bytes(0), value), Is.EqualTo(Errno.ENOTSUPP));
    }

    // Update of key 9 of two; with NOEXIST, EXIST, both; of no map with NOEXIST; deletion of key 0 twice, and of key 5.
    [TestCase(MapType.ArrayOfMaps, "E2BIG EINVAL EINVAL EINVAL EINVAL None ENOENT E2BIG")]
    [TestCase(MapType.HashOfMaps, "None EEXIST None EINVAL EBADF None ENOENT ENOENT")]
    public void MapOfMaps_User_AnswersAsTheKernel(MapType type, string expected)
    {
        var inner = new MapDefinition("a", MapType.Array, 4, 8, 2);
        using var map = new MapUnderTest(new MapDefinition("m", type, 4, 4, 2) { InnerMap = 1 }, inner);
        _ = map.User.Update(Bytes(0), Bytes(1));
        Errno[] answers =
        [
            map.User.Update(Bytes(9), Bytes(1)),
            map.User.Update(Bytes(0), Bytes(1), 1),
            map.User.Update(Bytes(0), Bytes(1), 2),
            map.User.Update(Bytes(0), Bytes(1), 3),
            map.User.Update(Bytes(0), Bytes(99), 1),
            map.User.Delete(Bytes(0)),
            map.User.Delete(Bytes(0)),
            map.User.Delete(Bytes(5)),
        ];
        Assert.That(string.Join(' ', answers), Is.EqualTo(expected));
    }

    [TestCase(MapType.Hash, 4)]
    [TestCase(MapType.PercpuArray, 4)]
    [TestCase(MapType.Queue, 0)]
    public void MapOfMaps_InnerMapsThatAreNoArrays_MayHaveOtherSizes(MapType type, int keyBytes)
    {
        var inner = new MapDefinition("a", type, keyBytes, 8, 2);
        using var map = new MapUnderTest(
            new MapDefinition("m", MapType.ArrayOfMaps, 4, 4, 2) { InnerMap = 1 }, inner, inner with { Name = "b", MaxEntries = 3 });
        Assert.That(map.User.Update(Bytes(0), Bytes(2)), Is.EqualTo(Errno.None));
    }
}
