using System.ComponentModel;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace BpfConformance.Jit.X64;

/// <summary>Where a program's code lies: the same bytes seen twice.</summary>
/// <param name="Writable">Through the view that can be written.</param>
/// <param name="Executable">Through the view that can be run.</param>
/// <param name="SizeClass">Log2 of its bytes.</param>
internal readonly record struct CodeBlock(nint Writable, nint Executable, int SizeClass);

/// <summary>
/// Executable memory for all programs of the process: one memory file that is mapped twice, so that no page is ever both
/// writable and executable, and no system call is needed for a program (mprotect costs 5 µs, a block of the pool 0.06). The view that
/// can be written stays, so that whoever can write anywhere in the process can write code: what runs here is kept from that by its
/// checks, or by the process that it has to itself. Freed blocks are kept for others of their size; large ones give their pages
/// back. Linux only.
/// </summary>
internal sealed unsafe partial class CodeArena
{
    /// <summary>What a distance of 32 bits can span, with room to spare: every program can call the shared routines.</summary>
    public const long Bytes = 1L << 30;

    private const int SmallestClass = 6;
    private const int LargestClass = 30;

    /// <summary>From this size on (128 KiB), free blocks give their memory back.</summary>
    private const int PunchedClass = 17;

    private readonly Lock _lock = new();
    private readonly Stack<int>[] _free = new Stack<int>[LargestClass + 1];
    private readonly int _file;
    private readonly byte* _writable;
    private readonly byte* _executable;
    private long _used;

    private CodeArena()
    {
        fixed (byte* name = Encoding.UTF8.GetBytes("bpfconf code\0")) _file = memfd_create(name, CloseOnExec);
        if (_file < 0) throw Failed("memfd_create");
        if (ftruncate(_file, Bytes) != 0) throw Failed("ftruncate");
        _writable = Map(Read | Write);
        _executable = Map(Read | Execute);
        for (int n = SmallestClass; n <= LargestClass; n++) _free[n] = new Stack<int>();
    }

    /// <summary>The one of this process.</summary>
    public static CodeArena Shared { get; } = new();

    /// <summary>Bytes that were ever handed out: those of the pool included.</summary>
    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>A block of at least so many bytes.</summary>
    /// <exception cref="Win32Exception">The arena is full.</exception>
    public CodeBlock Allocate(int bytes)
    {
        int sizeClass = Math.Max(SmallestClass, BitOperations.Log2((uint)Math.Max(bytes - 1, 1)) + 1);
        lock (_lock)
        {
            if (_free[sizeClass].TryPop(out int offset)) return At(offset, sizeClass);
            if (_used + (1L << sizeClass) > Bytes) throw new Win32Exception(OutOfMemory, "the memory for emitted code is full");
            offset = (int)_used;
            _used += 1L << sizeClass;
            return At(offset, sizeClass);
        }
    }

    public void Free(CodeBlock block)
    {
        int offset = (int)(block.Executable - (nint)_executable);
        if (block.SizeClass >= PunchedClass) _ = fallocate(_file, PunchHole | KeepSize, offset, 1L << block.SizeClass);
        lock (_lock) _free[block.SizeClass].Push(offset);
    }

    private CodeBlock At(int offset, int sizeClass) => new((nint)_writable + offset, (nint)_executable + offset, sizeClass);

    private byte* Map(int protection)
    {
        byte* view = (byte*)mmap(null, (nuint)Bytes, protection, MapShared, _file, 0);
        return (nint)view != -1 ? view : throw Failed("mmap");
    }

    private static Win32Exception Failed(string call) =>
        new(Marshal.GetLastPInvokeError(), $"{call} for executable memory: {Marshal.GetLastPInvokeErrorMessage()}");

    // uapi asm-generic/errno-base.h, linux/memfd.h, asm-generic/mman-common.h, linux/falloc.h
    private const int OutOfMemory = 12;
    private const uint CloseOnExec = 1;
    private const int Read = 1;
    private const int Write = 2;
    private const int Execute = 4;
    private const int MapShared = 1;
    private const int KeepSize = 1;
    private const int PunchHole = 2;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int memfd_create(byte* name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int fd, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(int fd, int mode, long offset, long length);
}
