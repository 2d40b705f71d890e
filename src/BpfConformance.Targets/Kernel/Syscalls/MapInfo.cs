namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>The beginning of the kernel's struct bpf_map_info (include/uapi/linux/bpf.h, 6.18): what it says of a map.</summary>
internal readonly record struct MapInfo(uint Type, uint Id, uint KeyBytes, uint ValueBytes, uint MaxEntries, uint Flags)
{
    /// <summary>That of a map; zeros: there is none.</summary>
    public static unsafe MapInfo Of(FileDescriptor descriptor)
    {
        MapInfo info = default;
        var attributes = new ObjectInfoAttributes { Fd = descriptor.Number, Info = (uint*)&info, InfoBytes = (uint)sizeof(MapInfo) };
        return Bpf.Call(BpfCommand.ObjGetInfoByFd, ref attributes) < 0 ? default : info;
    }
}
