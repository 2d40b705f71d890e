using System.Buffers.Binary;
using BpfConformance.Abi.Maps;
using BpfConformance.Targets.Kernel.Network;

namespace BpfConformance.Targets.Kernel;

/// <summary>Keys of a map as the kernel has them and as cases do: the number of a case's control group is another one there, and so are descriptors.</summary>
/// <param name="map">Whose keys.</param>
/// <param name="objects">Of the case; <c>null</c>: it has none of its own.</param>
internal sealed class KeyTranslation(MapDefinition map, CaseObjects? objects)
{
    private const int NoDescriptor = -1;

    private readonly byte[] _key = new byte[map.KeyBytes];

    /// <param name="key">Of the map's size, or none.</param>
    /// <returns>The kernel's, until the next is asked for.</returns>
    public ReadOnlySpan<byte> ToKernel(ReadOnlySpan<byte> key)
    {
        if (objects is null || !(map.IsGroupStorage || map.IsObjectStorage) || key.IsEmpty) return key;
        key.CopyTo(_key);
        if (map.IsGroupStorage) Exchange(_key, objects.Group.Id);
        else BinaryPrimitives.WriteInt32LittleEndian(_key, BinaryPrimitives.ReadInt32LittleEndian(key) == ObjectKeys.OfCase ? objects.DescriptorFor(map) : NoDescriptor);
        return _key;
    }

    /// <summary>Makes a key of the kernel's one of the case.</summary>
    public void FromKernel(Span<byte> key)
    {
        if (map.IsGroupStorage && objects is not null) Exchange(key, objects.Group.Id);
    }

    /// <summary>Each becomes the other, so that no number is lost.</summary>
    private static void Exchange(Span<byte> key, ulong groupId)
    {
        ulong id = BinaryPrimitives.ReadUInt64LittleEndian(key);
        ulong other = id == groupId ? GroupStorageKeys.CaseGroup : id == GroupStorageKeys.CaseGroup ? groupId : id;
        BinaryPrimitives.WriteUInt64LittleEndian(key, other);
    }
}
