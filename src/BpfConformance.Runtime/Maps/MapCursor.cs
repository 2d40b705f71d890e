namespace BpfConformance.Runtime.Maps;

/// <summary>How far a walk through the elements of a map has come; all zero before the first.</summary>
public struct MapCursor
{
    /// <summary>Of an array: the next index. Of a hash: the next bucket.</summary>
    public uint Next;

    /// <summary>Of a hash: one more than the next element of the bucket that the walk is in; 0: there is none.</summary>
    public int InBucket;
}
