using System.Globalization;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Maps;
using NUnit.Framework;
using F = BpfConformance.Abi.Maps.MapFlags;

namespace BpfConformance.Tests.Runtime.Maps;

/// <summary>What BPF_MAP_CREATE of Linux 6.18 answered to the same.</summary>
[TestFixture]
public sealed class CreationTests
{
    // Bit n: flag 1 << n alone is allowed (of a trie: beside NoPreallocation, without which there is none).
    [TestCase(MapType.Hash, 4, 8, 0b0_0001_1101_1101)]
    [TestCase(MapType.Array, 4, 8, 0b1_0101_1001_1100)]
    [TestCase(MapType.PercpuHash, 4, 8, 0b0_0001_1101_1001)]
    [TestCase(MapType.PercpuArray, 4, 8, 0b0_0001_1001_1000)]
    [TestCase(MapType.LruHash, 4, 8, 0b0_0001_1101_1110)]
    [TestCase(MapType.LruPercpuHash, 4, 8, 0b0_0001_1101_1010)]
    [TestCase(MapType.LpmTrie, 8, 8, 0b0_0001_1001_1101)]
    [TestCase(MapType.Queue, 0, 8, 0b0_0001_1001_1100)]
    [TestCase(MapType.Stack, 0, 8, 0b0_0001_1001_1100)]
    [TestCase(MapType.BloomFilter, 0, 8, 0b0_0001_1101_1100)]
    [TestCase(MapType.ArrayOfMaps, 4, 4, 0b0_0000_0001_1100)]
    [TestCase(MapType.HashOfMaps, 4, 4, 0b0_0001_1101_1101)]
    [TestCase(MapType.PerfEventArray, 4, 4, 0b0_1000_0001_1100)]
    [TestCase(MapType.CgroupArray, 4, 4, 0b0_0000_0001_1100)]
    [TestCase(MapType.StackTrace, 4, 32, 0b0_0000_0011_1100)]
    public void Check_EachFlag_AnswersAsTheKernel(MapType type, int keyBytes, int valueBytes, int allowed)
    {
        int accepted = 0;
        for (int bit = 0; bit < 19; bit++)
        {
            F flags = (F)(1u << bit) | (type == MapType.LpmTrie ? F.NoPreallocation : F.None);
            if (Check(type, keyBytes, valueBytes, 4, flags) == Errno.None) accepted |= 1 << bit;
        }

        Assert.That(accepted, Is.EqualTo(allowed));
    }

    [TestCase(MapType.Hash, 4, (4 << 20) - 53, F.None, Errno.None)]
    [TestCase(MapType.Hash, 4, (4 << 20) - 52, F.None, Errno.E2BIG)]
    [TestCase(MapType.Hash, 0, 8, F.None, Errno.EINVAL)]
    [TestCase(MapType.Hash, 4, 0, F.None, Errno.EINVAL)]
    [TestCase(MapType.Hash, 4, 8, F.ReadOnly | F.WriteOnly, Errno.EINVAL)]
    [TestCase(MapType.PercpuHash, 4, 32768, F.None, Errno.None)]
    [TestCase(MapType.PercpuHash, 4, 32769, F.None, Errno.E2BIG)]
    [TestCase(MapType.PercpuArray, 4, 32768, F.None, Errno.None)]
    [TestCase(MapType.PercpuArray, 4, 32769, F.None, Errno.E2BIG)]
    [TestCase(MapType.PercpuArray, 8, 8, F.None, Errno.EINVAL)]
    [TestCase(MapType.LruHash, 4, 8, F.NoPreallocation, Errno.ENOTSUPP)]
    [TestCase(MapType.LruHash, 0, 8, F.NoPreallocation, Errno.ENOTSUPP)]
    [TestCase(MapType.LruHash, 0, 8, F.NoPreallocation | F.StackBuildId, Errno.EINVAL)]
    [TestCase(MapType.LruHash, 4, 8, F.NoCommonLru | F.NumaNode, Errno.EINVAL)]
    [TestCase(MapType.LruPercpuHash, 4, 8, F.NoPreallocation | F.NumaNode, Errno.ENOTSUPP)]
    [TestCase(MapType.LruPercpuHash, 4, 32769, F.None, Errno.E2BIG)]
    [TestCase(MapType.LpmTrie, 8, 8, F.None, Errno.EINVAL)]
    [TestCase(MapType.LpmTrie, 4, 8, F.NoPreallocation, Errno.EINVAL)]
    [TestCase(MapType.LpmTrie, 5, 8, F.NoPreallocation, Errno.None)]
    [TestCase(MapType.LpmTrie, 260, 8, F.NoPreallocation, Errno.None)]
    [TestCase(MapType.LpmTrie, 261, 8, F.NoPreallocation, Errno.EINVAL)]
    [TestCase(MapType.LpmTrie, 8, (4 << 20) - 256 - 24, F.NoPreallocation, Errno.None)]
    [TestCase(MapType.LpmTrie, 8, (4 << 20) - 256 - 23, F.NoPreallocation, Errno.EINVAL)]
    [TestCase(MapType.Queue, 4, 8, F.None, Errno.EINVAL)]
    [TestCase(MapType.Queue, 0, 0, F.None, Errno.EINVAL)]
    [TestCase(MapType.Queue, 0, 4 << 20, F.None, Errno.None)]
    [TestCase(MapType.Stack, 0, 8 << 20, F.None, Errno.E2BIG)]
    [TestCase(MapType.BloomFilter, 4, 8, F.None, Errno.EINVAL)]
    [TestCase(MapType.BloomFilter, 0, 8 << 20, F.None, Errno.E2BIG)]
    [TestCase(MapType.ArrayOfMaps, 4, 8, F.None, Errno.EINVAL)]
    [TestCase(MapType.HashOfMaps, 8, 4, F.None, Errno.None)]
    [TestCase(MapType.HashOfMaps, 4, 8, F.None, Errno.EINVAL)]
    [TestCase(MapType.PerfEventArray, 4, 8, F.None, Errno.EINVAL)]
    [TestCase(MapType.CgroupArray, 4, 8, F.None, Errno.EINVAL)]
    [TestCase(MapType.CgroupStorage, 16, 8, F.None, Errno.EINVAL)] // how many there are is not said
    public void Check_Sizes_AnswersAsTheKernel(MapType type, int keyBytes, int valueBytes, F flags, Errno expected) =>
        Assert.That(Check(type, keyBytes, valueBytes, 4, flags), Is.EqualTo(expected));

    [TestCase(MapType.CgroupStorage, 16, 65407, F.None, Errno.None)]
    [TestCase(MapType.CgroupStorage, 16, 65408, F.None, Errno.E2BIG)]
    [TestCase(MapType.CgroupStorage, 8, 8, F.NumaNode | F.ReadOnly | F.WriteOnlyForPrograms, Errno.None)]
    [TestCase(MapType.CgroupStorage, 12, 8, F.None, Errno.EINVAL)]
    [TestCase(MapType.CgroupStorage, 8, 0, F.None, Errno.EINVAL)]
    [TestCase(MapType.CgroupStorage, 8, 8, F.NoPreallocation, Errno.EINVAL)]
    [TestCase(MapType.CgroupStorage, 8, 8, F.ReadOnly | F.WriteOnly, Errno.EINVAL)]
    [TestCase(MapType.CgroupStorage, 8, 70000, F.NoPreallocation, Errno.E2BIG)]
    [TestCase(MapType.PercpuCgroupStorage, 16, 32768, F.None, Errno.None)]
    [TestCase(MapType.PercpuCgroupStorage, 16, 32769, F.None, Errno.E2BIG)]
    public void Check_WithoutEntries_AnswersAsTheKernel(MapType type, int keyBytes, int valueBytes, F flags, Errno expected) =>
        Assert.That(Check(type, keyBytes, valueBytes, 0, flags), Is.EqualTo(expected));

    [TestCase(0, 0, 4096, F.None, Errno.None)]
    [TestCase(0, 0, 8192, F.NumaNode, Errno.None)]
    [TestCase(0, 0, 0, F.None, Errno.EINVAL)]
    [TestCase(0, 0, 2048, F.None, Errno.EINVAL)]
    [TestCase(0, 0, 12288, F.None, Errno.EINVAL)]
    [TestCase(0, 0, int.MinValue, F.None, Errno.EINVAL)]
    [TestCase(4, 0, 4096, F.None, Errno.EINVAL)]
    [TestCase(0, 4, 4096, F.None, Errno.EINVAL)]
    [TestCase(0, 0, 4096, F.ReadOnly, Errno.EINVAL)]
    [TestCase(0, 0, 4096, F.Mmapable, Errno.EINVAL)]
    public void Check_Ring_AnswersAsTheKernel(int keyBytes, int valueBytes, int bytes, F flags, Errno expected)
    {
        Assert.That(Check(MapType.Ringbuf, keyBytes, valueBytes, bytes, flags), Is.EqualTo(expected));
        Assert.That(Check(MapType.UserRingbuf, keyBytes, valueBytes, bytes, flags), Is.EqualTo(expected));
    }

    [TestCase(0, 0, 1, F.Mmapable, 0ul, Errno.None)]
    [TestCase(0, 0, 1, F.Mmapable | F.SegvOnFault | F.NoUserConversion, 0ul, Errno.None)]
    [TestCase(0, 0, 1, F.None, 0ul, Errno.EINVAL)]
    [TestCase(0, 0, 1, F.Mmapable | F.ReadOnly, 0ul, Errno.EINVAL)]
    [TestCase(0, 0, 0, F.Mmapable, 0ul, Errno.EINVAL)]
    [TestCase(4, 0, 1, F.Mmapable, 0ul, Errno.EINVAL)]
    [TestCase(0, 4, 1, F.Mmapable, 0ul, Errno.EINVAL)]
    [TestCase(0, 0, 1, F.Mmapable, 4095ul, Errno.EINVAL)]
    [TestCase(0, 0, 1 << 20, F.Mmapable, 0ul, Errno.None)]
    [TestCase(0, 0, (1 << 20) + 1, F.Mmapable, 0ul, Errno.E2BIG)]
    [TestCase(0, 0, 1, F.Mmapable, 0xfffff000ul, Errno.None)]
    [TestCase(0, 0, 2, F.Mmapable, 0xfffff000ul, Errno.ERANGE)]
    [TestCase(0, 0, 2, F.Mmapable, 0xfffffffffffff000ul, Errno.ERANGE)]
    public void Check_Arena_AnswersAsTheKernel(int keyBytes, int valueBytes, int entries, F flags, ulong extra, Errno expected) =>
        Assert.That(MapFactory.Check(new MapDefinition("m", MapType.Arena, keyBytes, valueBytes, entries, flags) { Extra = extra }, []), Is.EqualTo(expected));

    [TestCase(MapType.BloomFilter, 0, 15ul, Errno.None)]
    [TestCase(MapType.BloomFilter, 0, 16ul, Errno.EINVAL)]
    [TestCase(MapType.Hash, 4, 1ul, Errno.EINVAL)]
    public void Check_Extra_IsOfBloomFilters(MapType type, int keyBytes, ulong extra, Errno expected) =>
        Assert.That(MapFactory.Check(new MapDefinition("m", type, keyBytes, 8, 4) { Extra = extra }, []), Is.EqualTo(expected));

    [TestCase(MapType.ArrayOfMaps)]
    [TestCase(MapType.HashOfMaps)]
    public void Check_InnerMap_MustBeThereAndHoldNoMaps(MapType type)
    {
        var map = new MapDefinition("m", type, 4, 4, 4);
        Assert.That(MapFactory.Check(map, [map]), Is.EqualTo(Errno.EBADF));
        Assert.That(MapFactory.Check(map with { InnerMap = 9 }, [map]), Is.EqualTo(Errno.EBADF));
        Assert.That(MapFactory.Check(map with { InnerMap = 0 }, [map]), Is.EqualTo(Errno.EINVAL));
        Assert.That(MapFactory.Check(map with { InnerMap = 9, MaxEntries = 0 }, [map]), Is.EqualTo(Errno.EINVAL));
    }

    // The fields: l is a lock, t a timer, k a pointer, u an untrusted one, each with its offset.
    [TestCase(MapType.Hash, 4, 24, F.None, "l0 t8", Errno.None)]
    [TestCase(MapType.Array, 4, 24, F.None, "l0 t8", Errno.None)]
    [TestCase(MapType.LruHash, 4, 24, F.None, "t8", Errno.None)]
    [TestCase(MapType.LruHash, 4, 24, F.None, "l0 t8", Errno.EOPNOTSUPP)]
    [TestCase(MapType.PercpuHash, 4, 24, F.None, "t8", Errno.EOPNOTSUPP)]
    [TestCase(MapType.PercpuArray, 4, 24, F.None, "l0", Errno.EOPNOTSUPP)]
    [TestCase(MapType.BloomFilter, 0, 24, F.None, "l0", Errno.EOPNOTSUPP)]
    [TestCase(MapType.BloomFilter, 0, 24, F.None, "t4", Errno.None)]
    [TestCase(MapType.Queue, 0, 24, F.None, "t4", Errno.EINVAL)]
    [TestCase(MapType.Devmap, 4, 4, F.None, "l0", Errno.EACCES)]
    [TestCase(MapType.Cpumap, 4, 4, F.None, "l0", Errno.EOPNOTSUPP)]
    [TestCase(MapType.StackTrace, 4, 24, F.None, "t0", Errno.EOPNOTSUPP)]
    [TestCase(MapType.Hash, 4, 24, F.ReadOnlyForPrograms, "t8", Errno.EACCES)]
    [TestCase(MapType.Hash, 4, 24, F.WriteOnlyForPrograms, "l0", Errno.EACCES)]
    [TestCase(MapType.Hash, 4, 24, F.ReadOnlyForPrograms, "t4", Errno.None)]
    [TestCase(MapType.Hash, 4, 8, F.None, "l2", Errno.EFAULT)]
    [TestCase(MapType.Hash, 4, 8, F.None, "l0 l4", Errno.E2BIG)]
    [TestCase(MapType.Hash, 4, 16, F.None, "l0 l5", Errno.E2BIG)]
    [TestCase(MapType.Hash, 4, 8, F.None, "l8", Errno.EINVAL)]
    [TestCase(MapType.Hash, 4, 8, F.None, "t0", Errno.EINVAL)]
    [TestCase(MapType.Hash, 4, 24, F.None, "t8 l0", Errno.EINVAL)]
    [TestCase(MapType.PercpuHash, 4, 24, F.None, "t4", Errno.None)]
    [TestCase(MapType.PercpuHash, 4, 32, F.None, "t0 t16", Errno.None)]
    [TestCase(MapType.PercpuHash, 4, 24, F.None, "t0 l8", Errno.None)]
    [TestCase(MapType.PercpuHash, 4, 40, F.None, "l8 t12", Errno.EOPNOTSUPP)]
    [TestCase(MapType.PercpuArray, 4, 24, F.None, "k0 u8 k16", Errno.None)]
    [TestCase(MapType.LpmTrie, 8, 24, F.NoPreallocation, "k0", Errno.EOPNOTSUPP)]
    [TestCase(MapType.Array, 4, 24, F.None, "k4", Errno.EFAULT)]
    [TestCase(MapType.Array, 4, 24, F.None, "k8 l12", Errno.EEXIST)]
    [TestCase(MapType.Array, 4, 96, F.None, "k0 k8 k16 k24 k32 k40 u48 u56 u64 u72 u80 u88", Errno.E2BIG)]
    [TestCase(MapType.LpmTrie, 8, 24, F.NoPreallocation, "k0 t0", Errno.None)]
    [TestCase(MapType.Array, 4, 24, F.ReadOnlyForPrograms, "u8", Errno.EACCES)]
    public void Check_Fields_AnswersAsTheKernel(MapType type, int keyBytes, int valueBytes, F flags, string fields, Errno expected)
    {
        var map = new MapDefinition("m", type, keyBytes, valueBytes, 4, flags)
        {
            Fields = [.. fields.Split(' ').Select(word => new ValueField(
                word[0] switch { 'l' => ValueFieldKind.SpinLock, 't' => ValueFieldKind.Timer, 'k' => ValueFieldKind.Kptr, _ => ValueFieldKind.KptrUntrusted }, int.Parse(word.AsSpan(1), CultureInfo.InvariantCulture)))],
        };
        Assert.That(MapFactory.Check(map, []), Is.EqualTo(expected));
    }

    private static Errno Check(MapType type, int keyBytes, int valueBytes, int maxEntries, F flags)
    {
        var inner = new MapDefinition("inner", MapType.Array, 4, 8, 2);
        bool isOfMaps = type is MapType.ArrayOfMaps or MapType.HashOfMaps;
        var map = new MapDefinition("m", type, keyBytes, valueBytes, maxEntries, flags) { InnerMap = isOfMaps ? 0 : null };
        return MapFactory.Check(map, [inner]);
    }
}
