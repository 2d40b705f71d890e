using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>Types in the kernel. Maps and programs that were made with them keep them; the descriptor may be closed.</summary>
internal static class BtfObject
{
    /// <summary>Loads a blob, or returns <c>null</c> and the error.</summary>
    public static unsafe FileDescriptor? TryLoad(ReadOnlySpan<byte> blob, out int errno)
    {
        fixed (byte* bytes = blob)
        {
            var attributes = new BtfLoadAttributes { Blob = bytes, BlobBytes = (uint)blob.Length };
            int fd = Bpf.Call(BpfCommand.BtfLoad, ref attributes);
            errno = fd < 0 ? -fd : 0;
            return fd < 0 ? null : new FileDescriptor(fd);
        }
    }
}
