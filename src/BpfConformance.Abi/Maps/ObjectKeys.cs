namespace BpfConformance.Abi.Maps;

/// <summary>Keys of what is stored for objects: descriptors, for user space.</summary>
public static class ObjectKeys
{
    /// <summary>The object of a case, of the map's kind: the task of its runs, its control group, its file, or the socket of its host. Other numbers are no descriptors.</summary>
    public const int OfCase = 1;
}
