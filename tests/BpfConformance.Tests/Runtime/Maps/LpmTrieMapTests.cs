using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using FsCheck;
using NUnit.Framework;
using static BpfConformance.Tests.Runtime.Maps.MapUnderTest;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Runtime.Maps;

/// <summary>Prefixes of IPv4; what Linux 6.18 answered to the same.</summary>
[TestFixture]
public sealed class LpmTrieMapTests
{
    private const string Order =
        "10.1.0.0/16 10.0.0.0/8 192.168.0.1/32 192.168.0.0/24 192.168.1.0/24 192.168.128.0/24 192.168.0.0/16 128.0.0.0/1 0.0.0.0/0";

    private static readonly string[] s_prefixes =
    [
        "192.168.0.0/16", "192.168.0.0/24", "192.168.128.0/24", "192.168.1.0/24", "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16",
        "128.0.0.0/1", "192.168.0.1/32",
    ];

    [Test]
    public void NextKey_AllPrefixes_HasTheKernelsOrder()
    {
        using MapUnderTest map = WithPrefixes(s_prefixes);
        Assert.That(string.Join(' ', map.Keys().ConvertAll(Text)), Is.EqualTo(Order));
        using MapUnderTest other = WithPrefixes([.. s_prefixes.Reverse()]);
        Assert.That(string.Join(' ', other.Keys().ConvertAll(Text)), Is.EqualTo(Order));
    }

    [TestCase("192.168.0.0/20", "10.1.0.0/16")]
    [TestCase("1.2.3.4/32", "10.1.0.0/16")]
    [TestCase("10.1.0.0/15", "10.1.0.0/16")]
    [TestCase("0.0.0.0/33", "10.1.0.0/16")]
    [TestCase("192.168.1.7/24", "192.168.128.0/24")]
    public void NextKey_AfterAKey_IsTheKernels(string key, string expected)
    {
        using MapUnderTest map = WithPrefixes(s_prefixes);
        byte[] next = new byte[8];
        Assert.That(map.User.NextKey(Key(key), next), Is.EqualTo(Errno.None));
        Assert.That(Text(next), Is.EqualTo(expected));
    }

    // For flags 0 to 4: the update of a key that is missing, is there, and of a third key of two.
    [TestCase(0ul, Errno.None, Errno.None, Errno.ENOSPC)]
    [TestCase(1ul, Errno.None, Errno.EEXIST, Errno.ENOSPC)]
    [TestCase(2ul, Errno.ENOENT, Errno.None, Errno.ENOENT)]
    [TestCase(3ul, Errno.EINVAL, Errno.EINVAL, Errno.EINVAL)]
    [TestCase(4ul, Errno.EINVAL, Errno.EINVAL, Errno.EINVAL)]
    public void Update_EachFlag_AnswersAsTheKernel(ulong flags, Errno missing, Errno present, Errno full)
    {
        using MapUnderTest map = WithPrefixes(["0.0.0.1/32"], maxEntries: 2);
        Assert.That((Errno)(-map.Update(Key("0.0.0.1/32"), Long(1), flags)), Is.EqualTo(present));
        Assert.That((Errno)(-map.Update(Key("0.0.0.2/32"), Long(1), flags)), Is.EqualTo(missing));
        _ = map.Update(Key("0.0.0.2/32"), Long(1));
        Assert.That((Errno)(-map.Update(Key("0.0.0.3/32"), Long(1), flags)), Is.EqualTo(full));
    }

    [Test]
    public void Operations_APrefixThatIsTooLong_AnswerAsTheKernel()
    {
        using MapUnderTest map = WithPrefixes(s_prefixes);
        byte[] key = Key("0.0.0.0/33");
        Assert.That(map.Lookup(key), Is.Zero);
        Assert.That(map.Update(key, Long(1)), Is.EqualTo(-22));
        Assert.That(map.Delete(key), Is.EqualTo(-22));
        Assert.That(map.User.Lookup(key, new byte[8]), Is.EqualTo(Errno.ENOENT));
        Assert.That(map.User.LookupAndDelete(key, new byte[8]), Is.EqualTo(Errno.ENOTSUPP));
    }

    [Test]
    public void Update_OfAPrefixThatIsThere_TakesItsOtherBitsAndLeavesTheOldValue()
    {
        using MapUnderTest map = WithPrefixes(["172.16.5.9/12"]);
        Assert.That(Text(map.Keys()[0]), Is.EqualTo("172.16.5.9/12"));
        long old = map.Lookup(Key("172.16.0.1/32"));
        _ = map.Update(Key("172.20.0.0/12"), Long(9));
        Assert.That(Text(map.Keys()[0]), Is.EqualTo("172.20.0.0/12"));
        Assert.That(map.ReadLong(old), Is.Zero);
        Assert.That(map.ReadLong(map.Lookup(Key("172.16.0.1/32"))), Is.EqualTo(9));
    }

    [Test]
    public void Image_OfPrefixes_IsInTheOrderOfKeys()
    {
        using MapUnderTest map = WithPrefixes(["1.0.0.0/9", "0.0.0.0/0", "2.0.0.0/8", "1.0.0.0/8"]);
        byte[] expected = [4, 0, 0, 0, .. Entry(0, 0), .. Entry(8, 1), .. Entry(8, 2), .. Entry(9, 1)];
        Assert.That(map.Image().Bytes, Is.EqualTo(expected));

        static byte[] Entry(byte length, byte first) => [length, 0, 0, 0, first, 0, 0, 0, .. Long(0)];
    }

    [Property(MaxTest = 200)]
    public void Operations_AnyMany_AreThoseOfAList(NonEmptyArray<ushort> operations)
    {
        using var map = new MapUnderTest(MapType.LpmTrie, 5, 8, 6, MapFlags.NoPreallocation);
        var model = new Dictionary<(int Length, int Bits), long>();
        foreach (ushort operation in operations.Get)
        {
            (int length, int bits) = (operation % 9, operation >> 8);
            (int, int) prefix = (length, bits & (0xff00 >> length));
            byte[] key = [.. Bytes(length), (byte)bits];
            if ((operation & 0x30) != 0)
            {
                bool fits = model.ContainsKey(prefix) || model.Count < 6;
                Assert.That(map.Update(key, Long(operation)), Is.EqualTo(fits ? 0 : -28));
                if (fits) model[prefix] = operation;
            }
            else
            {
                Assert.That(map.Delete(key), Is.EqualTo(model.Remove(prefix) ? 0 : -2));
            }
        }

        for (int bits = 0; bits < 256; bits++)
        {
            long expected = -1;
            for (int length = 0; length <= 8; length++) expected = model.GetValueOrDefault((length, bits & (0xff00 >> length)), expected);
            Assert.That(map.Get([.. Bytes(8), (byte)bits]), Is.EqualTo(expected));
        }

        Assert.That(map.Keys(), Has.Count.EqualTo(model.Count));
        Assert.That(map.Image().Bytes, Has.Length.EqualTo(4 + (13 * model.Count)));
    }

    private static MapUnderTest WithPrefixes(string[] prefixes, int maxEntries = 20)
    {
        var map = new MapUnderTest(MapType.LpmTrie, 8, 8, maxEntries, MapFlags.NoPreallocation);
        foreach (string prefix in prefixes) _ = map.User.Update(Key(prefix), Long(0));
        return map;
    }

    private static byte[] Key(string text)
    {
        string[] parts = text.Split('/', '.');
        return [.. Bytes(int.Parse(parts[4])), .. parts.Take(4).Select(byte.Parse)];
    }

    private static string Text(byte[] key) => $"{string.Join('.', key[4..])}/{BitConverter.ToInt32(key)}";
}
