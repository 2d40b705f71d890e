using System.Numerics;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_BLOOM_FILTER (kernel/bpf/bloom_filter.c, 6.18) with a seed of zero: who has BPF_F_ZERO_SEED gets the kernel's
/// answers, false ones included.
/// </summary>
internal sealed unsafe class BloomFilterMap : Map
{
    private const uint DefaultHashes = 5;

    private readonly uint _hashes;
    private readonly uint _bitMask;
    private readonly uint[] _bits;

    /// <param name="definition">What was found right.</param>
    public BloomFilterMap(MapDefinition definition)
        : base(definition)
    {
        _hashes = definition.Extra == 0 ? DefaultHashes : (uint)definition.Extra;
        _bitMask = BitMaskOf(MaxEntries, _hashes);
        _bits = new uint[(_bitMask / 32) + 1];
    }

    /// <summary>Bits are all that is kept.</summary>
    public override int Elements => 0;

    public override long Push(GuestBytes value, ulong flags)
    {
        if (flags != UpdateFlags.Any) return Error(Errno.EINVAL);
        for (uint seed = 0; seed < _hashes; seed++)
        {
            uint bit = BitOf(value, seed);
            _bits[bit / 32] |= 1u << (int)(bit % 32);
        }

        return 0;
    }

    public override long Peek(GuestBytes value)
    {
        for (uint seed = 0; seed < _hashes; seed++)
        {
            uint bit = BitOf(value, seed);
            if ((_bits[bit / 32] & (1u << (int)(bit % 32))) == 0) return Error(Errno.ENOENT);
        }

        return 0;
    }

    /// <summary>Whether the value is there: it is not written.</summary>
    public override Errno Read(GuestBytes key, GuestBytes value) => (Errno)(-Peek(value));

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags) => (Errno)(-Push(value, flags));

    public override Errno Remove(GuestBytes key) => Errno.EOPNOTSUPP;

    public override void Clear() => Array.Clear(_bits);

    /// <summary>What is in a filter cannot be told.</summary>
    public override void Show(ref MapImageWriter image) => image.Begin(0);

    /// <summary>About 1.44 bits for each value and hash, rounded up to a power of two; from 2³¹ on, as many as 32 bits number.</summary>
    private static uint BitMaskOf(int maxEntries, uint hashes)
    {
        ulong bits = (ulong)maxEntries * hashes / 5 * 7;
        return bits > 1u << 31 ? uint.MaxValue : BitOperations.RoundUpToPowerOf2(Math.Max((uint)bits, 64)) - 1;
    }

    private uint BitOf(GuestBytes value, uint seed) => JenkinsHash.Of(value.Data, ValueBytes, seed) & _bitMask;
}
