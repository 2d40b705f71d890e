using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>Values of a map as the kernel has them and as cases do: what is a descriptor, an id or a cookie there is an index or a place here.</summary>
/// <param name="map">Whose values.</param>
/// <param name="siblings">What indices are of.</param>
internal sealed class ValueTranslation(MapDefinition map, CaseMaps siblings)
{
    private readonly bool _isIndex = KernelMap.HoldsMaps(map) || KernelMap.HoldsPrograms(map);

    /// <param name="value">Of the map's size.</param>
    /// <param name="into">Of the kernel's; of a map per processor the first gets the value, and the others zeros.</param>
    public void ToKernel(ReadOnlySpan<byte> value, Span<byte> into)
    {
        into.Clear();
        value.CopyTo(into);
        if (_isIndex) BitConverter.TryWriteBytes(into, siblings.Descriptors.Of(map, BitConverter.ToInt32(value)));
        if (map is { Type: MapType.CgroupArray, ValueBytes: sizeof(uint) }) BitConverter.TryWriteBytes(into, GroupOf((ControlGroupKind)BitConverter.ToInt32(value)));
        if (map.HoldsSockets) BitConverter.TryWriteBytes(into, siblings.Sockets.DescriptorOf(BitConverter.ToUInt32(value)));
        if (map.Type == MapType.Xskmap) into.Fill(0xff); // no descriptor: a case has no socket
        if (!map.CanNamePrograms) return;
        int program = BitConverter.ToInt32(value[sizeof(uint)..]);
        if (program > 0) BitConverter.TryWriteBytes(into[sizeof(uint)..], siblings.Descriptors.ProgramOf(program));
    }

    /// <param name="value">Of the kernel's size.</param>
    /// <param name="into">Of the map's.</param>
    public void FromKernel(ReadOnlySpan<byte> value, Span<byte> into)
    {
        value[..into.Length].CopyTo(into);
        if (_isIndex) BitConverter.TryWriteBytes(into, siblings.Descriptors.IndexOf(map, BitConverter.ToUInt32(value)));
        if (map.HoldsSockets) BitConverter.TryWriteBytes(into, siblings.Sockets.PlaceOf(BitConverter.ToUInt64(value)));
        if (!map.CanNamePrograms) return;
        uint id = BitConverter.ToUInt32(value[sizeof(uint)..]);
        if (id != 0) BitConverter.TryWriteBytes(into[sizeof(uint)..], siblings.Descriptors.ProgramWith(id));
    }

    /// <summary>The descriptor of a control group; −1: it is none.</summary>
    private int GroupOf(ControlGroupKind kind) =>
        !Enum.IsDefined(kind) ? -1
        : siblings.Objects is { } objects ? objects.Group.DescriptorOf(kind)
        : throw new TargetException($"map {map.Name} has control groups in it, and there are none where times are taken");
}
