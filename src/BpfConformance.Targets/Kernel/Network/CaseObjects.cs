using BpfConformance.Abi.Maps;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>The objects of a case, as user space names them to the kernel.</summary>
/// <param name="network">On whose thread the case is.</param>
internal sealed class CaseObjects(PrivateNetwork network)
{
    /// <summary>It is there before a program is attached that would see it being made.</summary>
    private readonly Socket _idle = network.IdleSocket;

    public ControlGroup Group => network.Group;

    /// <summary>The host's, while there is one in the network.</summary>
    public Socket? Receiver { get; set; }

    /// <summary>The descriptor of the object for which a map stores something.</summary>
    /// <param name="map">A kind for objects.</param>
    /// <exception cref="Engine.Targets.TargetException">There is none here.</exception>
    public int DescriptorFor(MapDefinition map) => map.Type switch
    {
        MapType.InodeStorage => network.File.Number,
        MapType.TaskStorage => network.ThreadDescriptor.Number,
        MapType.CgrpStorage => Group.Folder.Number,
        MapType.SkStorage => (Receiver ?? _idle).Descriptor.Number,
        _ => throw new ArgumentException($"{map.Type} stores nothing for objects", nameof(map)),
    };
}
