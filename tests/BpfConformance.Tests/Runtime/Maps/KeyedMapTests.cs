using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Maps;
using FsCheck;
using NUnit.Framework;
using static BpfConformance.Tests.Runtime.Maps.MapUnderTest;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Runtime.Maps;

/// <summary>Maps with keys of four bytes; what Linux 6.18 answered to the same.</summary>
[TestFixture]
public sealed class KeyedMapTests
{
    private const string OfHash =
        "None None E2BIG|None EEXIST E2BIG|ENOENT None ENOENT" +
        "|EINVAL EINVAL EINVAL|EINVAL EINVAL EINVAL|EINVAL EINVAL EINVAL";

    private const string OfLru =
        "None None None|None EEXIST None|ENOENT None ENOENT" +
        "|EINVAL EINVAL EINVAL|EINVAL EINVAL EINVAL|EINVAL EINVAL EINVAL";

    private const string OfArray =
        "None None E2BIG|EEXIST EEXIST E2BIG|None None E2BIG" +
        "|EINVAL EINVAL EINVAL|EINVAL EINVAL E2BIG|EEXIST EEXIST E2BIG";

    /// <summary>For flags 0 to 5: the update of a key that is missing, is there, and of a third key of two.</summary>
    [TestCase(MapType.Hash, OfHash)]
    [TestCase(MapType.PercpuHash, OfHash)]
    [TestCase(MapType.LruHash, OfLru)]
    [TestCase(MapType.LruPercpuHash, OfLru)]
    [TestCase(MapType.Array, OfArray)]
    [TestCase(MapType.PercpuArray, OfArray)]
    public void Update_ByProgramWithEachFlag_AnswersAsTheKernel(MapType type, string expected)
    {
        var answers = new List<string>();
        for (ulong flags = 0; flags < 6; flags++)
        {
            var one = new List<Errno>();
            foreach (int present in (int[])[0, 1, 2])
            {
                using var map = new MapUnderTest(type, 4, 8, 2);
                for (int key = 0; key < present; key++) _ = map.Update(Bytes(key), Long(1));
                one.Add((Errno)(-map.Update(Bytes(present == 1 ? 0 : present), Long(2), flags)));
            }

            answers.Add(string.Join(' ', one));
        }

        Assert.That(string.Join('|', answers), Is.EqualTo(expected));
    }

    [TestCase(MapType.Hash, Errno.ENOENT, Errno.ENOENT, Errno.ENOENT)]
    [TestCase(MapType.PercpuHash, Errno.ENOENT, Errno.ENOENT, Errno.ENOENT)]
    [TestCase(MapType.LruHash, Errno.ENOENT, Errno.ENOENT, Errno.ENOENT)]
    [TestCase(MapType.LruPercpuHash, Errno.ENOENT, Errno.ENOENT, Errno.ENOENT)]
    [TestCase(MapType.Array, Errno.ENOENT, Errno.EINVAL, Errno.ENOTSUPP)]
    [TestCase(MapType.PercpuArray, Errno.ENOENT, Errno.EINVAL, Errno.ENOTSUPP)]
    public void User_AKeyThatIsMissing_AnswersAsTheKernel(MapType type, Errno lookup, Errno delete, Errno take)
    {
        using var map = new MapUnderTest(type, 4, 8, 2);
        Assert.That(map.User.Lookup(Bytes(9), new byte[8]), Is.EqualTo(lookup));
        Assert.That(map.User.Delete(Bytes(9)), Is.EqualTo(delete));
        Assert.That(map.User.LookupAndDelete(Bytes(9), new byte[8]), Is.EqualTo(take));
        Assert.That(map.User.Lookup(Bytes(9), new byte[8], flags: 1), Is.EqualTo(Errno.EINVAL));
        Assert.That(map.User.LookupAndDelete(Bytes(9), new byte[8], flags: 4), Is.EqualTo(Errno.EINVAL));
        Assert.That(map.Push(Long(1)), Is.EqualTo(Map.NotAllowed));
    }

    [TestCase(MapType.Hash)]
    [TestCase(MapType.PercpuHash)]
    [TestCase(MapType.LruHash)]
    [TestCase(MapType.LruPercpuHash)]
    public void NextKey_SeedOfZero_HasTheKernelsOrder(MapType type)
    {
        using var map = new MapUnderTest(type, 4, 8, 16, MapFlags.ZeroSeed);
        for (int key = 1; key <= 12; key++) _ = map.User.Update(Bytes(key), Long(key));
        Assert.That(map.IntKeys(), Is.EqualTo(new[] { 10, 4, 5, 7, 2, 1, 8, 12, 11, 9, 6, 3 }));
        Assert.That(map.Image().Bytes[4], Is.EqualTo(1));
    }

    [TestCase("key-0", 6, "2 6 5 4 7 8 3 1")]
    [TestCase("", 1, "2 5 3 1 6 4 8 7")]
    public void NextKey_KeysOfOtherSizes_HaveTheKernelsOrder(string prefix, int keyBytes, string expected)
    {
        using var map = new MapUnderTest(MapType.Hash, keyBytes, 8, 8, MapFlags.ZeroSeed);
        for (int key = 1; key <= 8; key++) _ = map.User.Update(System.Text.Encoding.ASCII.GetBytes($"{prefix}{key}"), Long(key));
        Assert.That(string.Join(' ', map.Keys().ConvertAll(key => (char)key[^1])), Is.EqualTo(expected));
    }

    [TestCase(MapType.Hash, false)]
    [TestCase(MapType.LruHash, false)]
    [TestCase(MapType.PercpuHash, true)]
    [TestCase(MapType.LruPercpuHash, true)]
    public void Update_OfAValueThatIsThere_StaysInPlaceOnlyForProcessors(MapType type, bool isInPlace)
    {
        using var map = new MapUnderTest(type, 4, 8, 2);
        _ = map.Update(Bytes(1), Long(10));
        long old = map.Lookup(Bytes(1));
        _ = map.Update(Bytes(1), Long(11));
        Assert.That(map.ReadLong(old), Is.EqualTo(isInPlace ? 11 : 10));
        Assert.That(map.ReadLong(map.Lookup(Bytes(1))), Is.EqualTo(11));
        Assert.That(map.Lookup(Bytes(1)) == old, Is.EqualTo(isInPlace));

        long last = map.Lookup(Bytes(1));
        _ = map.Delete(Bytes(1));
        Assert.That(map.ReadLong(last), Is.EqualTo(11));
        Assert.That(map.Lookup(Bytes(1)), Is.Zero);
    }

    [TestCase(true, 0)]
    [TestCase(false, 1)]
    public void Lru_OldestGoes_LookupsOfProgramsCount(bool byProgram, int kept)
    {
        using var map = new MapUnderTest(MapType.LruHash, 4, 8, 2);
        for (int key = 0; key < 2; key++) _ = map.User.Update(Bytes(key), Long(key));
        if (byProgram) _ = map.Lookup(Bytes(0));
        else _ = map.Get(Bytes(0));
        _ = map.User.Update(Bytes(50), Long(50));
        Assert.That(map.IntKeys(), Is.EquivalentTo(new[] { kept, 50 }));
    }

    [TestCase(MapType.LruHash, new[] { 1 })]
    [TestCase(MapType.LruPercpuHash, new[] { 0, 1 })]
    public void Lru_RefusedUpdateOfAFullMap_LetsGoWhereAKeyMayBeNew(MapType type, int[] keptForExist)
    {
        foreach ((ulong flags, int[] kept, int key) in ((ulong, int[], int)[])[(UpdateFlags.NoExist, [1], 1), (UpdateFlags.Exist, keptForExist, 2)])
        {
            using var map = new MapUnderTest(type, 4, 8, 2);
            for (int each = 0; each < 2; each++) _ = map.User.Update(Bytes(each), Long(each));

            Assert.That(map.Update(Bytes(key), Long(9), flags), Is.Not.Zero);

            Assert.That(map.IntKeys(), Is.EquivalentTo(kept));
        }
    }

    [Property(MaxTest = 100)]
    public void Operations_AnyMany_AreThoseOfADictionary(NonEmptyArray<byte> operations)
    {
        foreach (MapType type in (MapType[])[MapType.Hash, MapType.PercpuHash])
        {
            using var map = new MapUnderTest(type, 4, 8, 4);
            var model = new Dictionary<int, long>();
            foreach (byte operation in operations.Get)
            {
                (int key, long value) = (operation % 8, operation);
                if (operation < 170)
                {
                    bool fits = model.ContainsKey(key) || model.Count < 4;
                    Assert.That(map.Update(Bytes(key), Long(value)), Is.EqualTo(fits ? 0 : -7));
                    if (fits) model[key] = value;
                }
                else
                {
                    Assert.That(map.Delete(Bytes(key)), Is.EqualTo(model.Remove(key) ? 0 : -2));
                }
            }

            for (int key = 0; key < 8; key++) Assert.That(map.Get(Bytes(key)), Is.EqualTo(model.GetValueOrDefault(key, -1)));
            Assert.That(map.IntKeys(), Is.EquivalentTo(model.Keys));
        }
    }

    [Property(MaxTest = 100)]
    public void Lru_AnyMany_KeepsTheNewest(NonEmptyArray<byte> operations)
    {
        foreach (MapType type in (MapType[])[MapType.LruHash, MapType.LruPercpuHash])
        {
            using var map = new MapUnderTest(type, 4, 8, 4);
            var model = new List<int>(); // what was used last stands last
            foreach (byte operation in operations.Get)
            {
                int key = operation % 8;
                if (operation < 130 && model.Count == 4) model.RemoveAt(0); // before the key is looked for
                bool isThere = model.Remove(key);
                if (operation < 130) Assert.That(map.Update(Bytes(key), Long(operation)), Is.Zero);
                else if (operation < 200) Assert.That(map.Lookup(Bytes(key)) != 0, Is.EqualTo(isThere));
                else Assert.That(map.Delete(Bytes(key)), Is.EqualTo(isThere ? 0 : -2));
                if (operation < 130 || (isThere && operation < 200)) model.Add(key);
            }

            Assert.That(map.IntKeys(), Is.EquivalentTo(model));
        }
    }
}
