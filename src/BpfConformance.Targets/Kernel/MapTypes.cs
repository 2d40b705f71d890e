using BpfConformance.Abi.Maps;
using BpfConformance.Loading.Btf;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>The types that a map is created with, where the kernel wants any; made up from the sizes in its definition.</summary>
internal static class MapTypes
{
    /// <summary>Loads the types and names them in the attributes.</summary>
    /// <param name="definition">The map.</param>
    /// <param name="attributes">Of the creation.</param>
    /// <param name="errno">0, also when none are wanted.</param>
    /// <returns>What to close once the map is created; <c>null</c>: nothing.</returns>
    public static FileDescriptor? Describe(MapDefinition definition, ref MapCreateAttributes attributes, out int errno)
    {
        errno = 0;
        bool isWanted = !definition.Fields.IsEmpty || definition.Type is MapType.SkStorage or MapType.InodeStorage or MapType.TaskStorage
            or MapType.CgrpStorage;

        // Sizes that no type has are the kernel's to refuse.
        if (!isWanted || definition.KeyBytes < 0 || definition.ValueBytes < 0) return null;

        var types = MapBtf.Of(definition.KeyBytes, definition.ValueBytes, definition.Fields.AsSpan());
        FileDescriptor? loaded = BtfObject.TryLoad(types.Blob.AsSpan(), out errno);
        if (loaded is not null)
        {
            attributes.BtfFd = loaded.Number;
            attributes.BtfKeyTypeId = types.KeyTypeId;
            attributes.BtfValueTypeId = types.ValueTypeId;
        }

        return loaded;
    }
}
