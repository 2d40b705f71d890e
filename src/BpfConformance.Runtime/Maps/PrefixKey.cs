namespace BpfConformance.Runtime.Maps;

/// <summary>A key of a trie: the length of its prefix in bits (u32), and the bytes in which it is, the highest bit of each first.</summary>
internal static unsafe class PrefixKey
{
    public static uint LengthOf(byte* key) => *(uint*)key;

    public static bool Bit(byte* key, uint bit) => (key[sizeof(uint) + (bit / 8)] >> (int)(7 - (bit % 8)) & 1) != 0;

    /// <summary>longest_prefix_match (kernel/bpf/lpm_trie.c, 6.18): how many bits both prefixes begin with alike.</summary>
    public static uint Matching(byte* left, byte* right)
    {
        uint limit = Math.Min(LengthOf(left), LengthOf(right));
        uint bits = 0;
        while (bits + 8 <= limit && left[sizeof(uint) + (bits / 8)] == right[sizeof(uint) + (bits / 8)]) bits += 8;
        while (bits < limit && Bit(left, bits) == Bit(right, bits)) bits++;
        return bits;
    }
}
