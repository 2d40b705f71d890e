using BpfConformance.Abi.Maps;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>Loads maps that are to be pinned as the older loaders do (iproute2 lib/bpf_legacy.c, bpf_map_attach).</summary>
internal static class KernelPins
{
    private const int Einval = (int)Abi.Errno.EINVAL;
    private const int Enoent = (int)Abi.Errno.ENOENT;

    /// <summary>The map that is pinned where another is to be, if it has the properties that are stated; <c>null</c>: it has not, or there is none.</summary>
    /// <param name="maps">Where maps are pinned, and which there are.</param>
    /// <param name="stated">What is to be loaded.</param>
    /// <param name="errno">0: there is one, or the map has to be created.</param>
    public static KernelMap? TryFind(CaseMaps maps, MapDefinition stated, out int errno)
    {
        errno = 0;
        if (stated.Pin is not { } pin) return null;
        int result = maps.Pins.Get(pin.Path, out FileDescriptor? found);
        using (found)
        {
            if (found is not null && IsAsStated(MapInfo.Of(found), stated)) return maps[maps.Descriptors.SubjectOf(found)];
            errno = found is not null ? Einval : result == Enoent ? 0 : result;
            return null;
        }
    }

    /// <summary>Pins a map that is new.</summary>
    public static int Pin(KernelFileSystem files, MapPin pin, int fd)
    {
        foreach (string folder in pin.Folders) files.MakeFolder(folder); // one that is there stays
        return files.Pin(pin.Path, fd);
    }

    private static bool IsAsStated(MapInfo map, MapDefinition stated) =>
        ((MapType)map.Type, map.KeyBytes, map.ValueBytes, map.MaxEntries, (MapFlags)map.Flags)
        == (stated.Type, (uint)stated.KeyBytes, (uint)stated.ValueBytes, (uint)stated.MaxEntries, stated.Flags);
}
