using BpfConformance.Abi.Maps;
using BpfConformance.Loading.Btf;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>The types that a map is created with, where the kernel wants any; made up from the sizes in its definition.</summary>
internal static class MapTypes
{
    /// <summary>Loads the types and names them in the attributes.</summary>
    /// <param name="definition">The map.</param>
    /// <param name="fields">Structures of the kernel in its values.</param>
    /// <param name="attributes">Of the creation.</param>
    /// <param name="errno">0, also when none are wanted.</param>
    /// <returns>What to close once the map is created; <c>null</c>: nothing.</returns>
    public static FileDescriptor? Describe(
        MapDefinition definition, ReadOnlySpan<ValueField> fields, ref MapCreateAttributes attributes, out int errno)
    {
        errno = 0;
        bool isWanted = !fields.IsEmpty || definition.Type is MapType.SkStorage or MapType.InodeStorage or MapType.TaskStorage
            or MapType.CgrpStorage;

        // Sizes that no type has are the kernel's to refuse.
        if (!isWanted || definition.KeyBytes < 0 || definition.ValueBytes < 0) return null;

        var types = MapBtf.Of(definition.KeyBytes, definition.ValueBytes, fields);
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
