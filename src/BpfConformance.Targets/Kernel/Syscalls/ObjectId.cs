namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>The numbers that the kernel gives to maps, and to programs.</summary>
internal static unsafe class ObjectId
{
    /// <summary>The number of a map or a program; 0: it has none.</summary>
    public static uint Of(FileDescriptor descriptor)
    {
        uint* info = stackalloc uint[2]; // struct bpf_map_info and struct bpf_prog_info begin with a type and the id
        info[0] = info[1] = 0;
        var attributes = new ObjectInfoAttributes { Fd = descriptor.Number, Info = info, InfoBytes = 2 * sizeof(uint) };
        return Bpf.Call(BpfCommand.ObjGetInfoByFd, ref attributes) < 0 ? 0 : info[1];
    }

    /// <summary>Whether it is a map; numbers of maps and of programs are counted apart (kernel/bpf/syscall.c, 6.18, bpf_map_new_fd).</summary>
    public static bool IsMap(FileDescriptor descriptor) =>
        new FileInfo($"/proc/self/fd/{descriptor.Number}").LinkTarget?.Contains("bpf-map", StringComparison.Ordinal) == true;
}
