using System.Buffers.Binary;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Targets.Kernel;

/// <summary>Keys of a map as the kernel has them and as cases do: the number of a case's control group is another one there.</summary>
/// <param name="map">Whose keys.</param>
/// <param name="groupId">The kernel's number; 0: the case is in no group of its own.</param>
internal sealed class KeyTranslation(MapDefinition map, ulong groupId)
{
    private readonly byte[] _key = new byte[map.KeyBytes];

    /// <param name="key">Of the map's size, or none.</param>
    /// <returns>The kernel's, until the next is asked for.</returns>
    public ReadOnlySpan<byte> ToKernel(ReadOnlySpan<byte> key)
    {
        if (!map.IsGroupStorage || groupId == 0 || key.IsEmpty) return key;
        key.CopyTo(_key);
        Exchange(_key);
        return _key;
    }

    /// <summary>Makes a key of the kernel's one of the case.</summary>
    public void FromKernel(Span<byte> key)
    {
        if (map.IsGroupStorage && groupId != 0) Exchange(key);
    }

    /// <summary>Each becomes the other, so that no number is lost.</summary>
    private void Exchange(Span<byte> key)
    {
        ulong id = BinaryPrimitives.ReadUInt64LittleEndian(key);
        ulong other = id == groupId ? GroupStorageKeys.CaseGroup : id == GroupStorageKeys.CaseGroup ? groupId : id;
        BinaryPrimitives.WriteUInt64LittleEndian(key, other);
    }
}
