namespace BpfConformance.Engine.Coverage;

/// <summary>Small numbers, each in it or not.</summary>
public sealed class BitSet
{
    private ulong[] _words = new ulong[64];

    /// <summary>Returns whether it was not in it.</summary>
    public bool Add(int number)
    {
        int word = number >> 6;
        if (word >= _words.Length) Array.Resize(ref _words, 2 * (word + 1));
        ulong bit = 1ul << number;
        bool isNew = (_words[word] & bit) == 0;
        _words[word] |= bit;
        return isNew;
    }
}
