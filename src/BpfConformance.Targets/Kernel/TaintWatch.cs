using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// Watches /proc/sys/kernel/tainted: an oops or a WARN of the kernel shows there (Documentation/admin-guide/tainted-kernels.rst),
/// and after one nothing that the kernel answers proves anything. One pread per look.
/// </summary>
internal sealed unsafe class TaintWatch : IDisposable
{
    public const string Path = "/proc/sys/kernel/tainted";

    private readonly string _path;
    private readonly FileDescriptor _file;
    private ulong _before;

    public TaintWatch(string path = Path)
    {
        _path = path;
        fixed (byte* zeroTerminated = Encoding.UTF8.GetBytes(path + '\0'))
        {
            int fd = Native.open(zeroTerminated, Native.OpenReadOnlyCloseOnExec);
            if (fd < 0) throw new TargetException($"{path} cannot be opened: {Errnos.Name(Marshal.GetLastPInvokeError())}");
            _file = new FileDescriptor(fd);
        }

        _before = Read();
    }

    /// <summary>The bits that were set since this watch began, but for those that it was told to accept; 0: none.</summary>
    public ulong NewBits => Read() & ~_before;

    /// <summary>Bits that say nothing new from now on.</summary>
    public void Accept(ulong bits) => _before |= bits;

    public void Dispose() => _file.Dispose();

    private ulong Read()
    {
        Span<byte> text = stackalloc byte[32];
        fixed (byte* buffer = text)
        {
            nint bytes = Native.pread(_file.Number, buffer, (nuint)text.Length, 0);
            return bytes > 0 && Utf8Parser.TryParse(text[..(int)bytes], out ulong value, out _)
                ? value
                : throw new TargetException($"{_path} cannot be read");
        }
    }
}
