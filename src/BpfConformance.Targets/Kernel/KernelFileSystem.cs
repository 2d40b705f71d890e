using System.Runtime.InteropServices;
using System.Text;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// A bpffs of the kernel that is mounted nowhere: only its descriptor leads to it, so it ends with the process, however that ends. Results
/// are errno; 0: it was done.
/// </summary>
internal sealed unsafe class KernelFileSystem : IDisposable
{
    private const int RemoveFolderFlag = 0x200; // AT_REMOVEDIR (uapi linux/fcntl.h)
    private const uint FolderMode = 0x1ed; // 0755

    private readonly FileDescriptor _root;

    private KernelFileSystem(FileDescriptor root) => _root = root;

    /// <exception cref="TargetException">There is none here.</exception>
    public static KernelFileSystem Mount() => new(DetachedMount.Of("bpf"));

    public int MakeFolder(string path) => OnPath(path, name => Native.mkdirat(_root.Number, name, FolderMode));

    public int RemoveFolder(string path) => OnPath(path, name => Native.unlinkat(_root.Number, name, RemoveFolderFlag));

    public int Unlink(string path) => OnPath(path, name => Native.unlinkat(_root.Number, name, 0));

    /// <param name="path">Where, from the root on.</param>
    /// <param name="fd">Of a map or a program.</param>
    public int Pin(string path, int fd) => OnPath(path, name =>
    {
        var attributes = new PinAttributes { Path = name, Fd = fd, Flags = (uint)MapFlags.PathFd, FolderFd = _root.Number };
        return Bpf.Call(BpfCommand.ObjPin, ref attributes);
    });

    /// <param name="path">Where, from the root on.</param>
    /// <param name="found">What is pinned there; the caller disposes it. <c>null</c>: there is an error.</param>
    public int Get(string path, out FileDescriptor? found)
    {
        int fd = -1;
        int errno = OnPath(path, name =>
        {
            var attributes = new PinAttributes { Path = name, Flags = (uint)MapFlags.PathFd, FolderFd = _root.Number };
            return fd = Bpf.Call(BpfCommand.ObjGet, ref attributes);
        });
        found = errno == 0 ? new FileDescriptor(fd) : null;
        return errno;
    }

    public void Dispose() => _root.Dispose();

    private delegate int PathCall(byte* path);

    /// <summary>Calls with a path as the kernel reads it. bpf(2) gives its errors as results, the C library leaves them behind; −1, which can be either, is looked up.</summary>
    private static int OnPath(string path, PathCall call)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            int result = call(name);
            return result >= 0 ? 0 : result == -1 ? Marshal.GetLastPInvokeError() : -result;
        }
    }
}
