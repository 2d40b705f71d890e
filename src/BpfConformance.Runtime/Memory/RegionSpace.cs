using System.ComponentModel;
using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Memory;

/// <summary>
/// Reserved address space with a stretch of 1 GiB for each region, of which only the region's own pages can be touched: from
/// one region no offset of 30 bits leads into another. Linux only.
/// </summary>
internal sealed unsafe partial class RegionSpace : IDisposable
{
    /// <summary>Log2 of the bytes of a stretch.</summary>
    public const int StretchShift = 30;

    private const nuint MostKeptBytes = 64 << 10;

    // Regions that all began at the same offset of a page would compete for one set of the first cache, and stores to one
    // would hold up loads of another. A multiple of a cache line, so that what is aligned in a region is aligned.
    private const ulong Stagger = 576;

    private readonly nuint _bytes;
    private readonly nuint[] _committed;
    private bool _isShareable;
    private byte* _base;

    /// <exception cref="Win32Exception">There is no such address space.</exception>
    public RegionSpace(int regions)
    {
        _bytes = (nuint)regions << StretchShift;
        _committed = new nuint[regions];
        _base = Map(null, _bytes, ProtectionNone, Private | Anonymous | NoReserve);
    }

    /// <summary>The first address.</summary>
    public ulong Origin => (ulong)_base;

    public int Regions => _committed.Length;

    /// <summary>Whether another machine may have it: nobody else has its memory, and keeping that costs little.</summary>
    public bool IsReusable => !_isShareable && _committed.All(bytes => bytes <= MostKeptBytes);

    /// <summary>The distance from each region's first address to the next one's.</summary>
    public static ulong Stride => (1ul << StretchShift) + Stagger;

    /// <summary>Where a region begins.</summary>
    public byte* StartOf(int region) => _base + (Stride * (ulong)region);

    /// <summary>Makes the first bytes of a region memory, all zero.</summary>
    /// <param name="region">The region.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="isShareable">Whether other spaces may <see cref="Share"/> it.</param>
    public byte* Commit(int region, int bytes, bool isShareable)
    {
        if (bytes == 0) return StartOf(region);
        byte* first = Pages(region, bytes, out nuint length);
        _isShareable |= isShareable;
        if (length <= _committed[region])
        {
            new Span<byte>(StartOf(region), bytes).Clear();
            return StartOf(region);
        }

        _ = Map(first, length, ProtectionReadWrite, (isShareable ? Shared : Private) | Anonymous | Fixed);
        _committed[region] = length;
        return StartOf(region);
    }

    /// <summary>Makes the first bytes of a region the memory that another space has there. It stays as long as either space has it.</summary>
    public void Share(int region, int bytes, RegionSpace owner)
    {
        if (bytes == 0) return;
        byte* first = Pages(region, bytes, out nuint length);
        byte* theirs = owner.Pages(region, bytes, out _);
        // Of shared memory, moving no bytes makes a second mapping (mremap(2)).
        byte* mapped = (byte*)mremap(theirs, 0, length, MayMove | MoveFixed, first);
        if (mapped != first) throw new Win32Exception(Marshal.GetLastPInvokeError(), $"mremap of {length} bytes: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public void Dispose()
    {
        if (_base != null) _ = munmap(_base, _bytes);
        _base = null;
    }

    /// <summary>The first of the pages that hold the first bytes of a region.</summary>
    private byte* Pages(int region, int bytes, out nuint length)
    {
        byte* start = StartOf(region);
        nuint mask = (nuint)Environment.SystemPageSize - 1;
        byte* first = (byte*)((nuint)start & ~mask);
        byte* end = (byte*)(((nuint)start + (nuint)bytes + mask) & ~mask);
        length = (nuint)(end - first);
        return first;
    }

    private static byte* Map(byte* address, nuint bytes, int protection, int flags)
    {
        byte* mapped = (byte*)mmap(address, bytes, protection, flags, fd: -1, offset: 0);
        return (nint)mapped != -1 ? mapped : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"mmap of {bytes} bytes: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    // uapi asm-generic/mman-common.h and mman.h: the same for all processors that .NET runs on.
    private const int ProtectionNone = 0;
    private const int ProtectionReadWrite = 3;
    private const int Shared = 0x01;
    private const int Private = 0x02;
    private const int Fixed = 0x10;
    private const int Anonymous = 0x20;
    private const int NoReserve = 0x4000;
    private const int MayMove = 0x01;
    private const int MoveFixed = 0x02;

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mremap(void* old, nuint oldLength, nuint length, int flags, void* address);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(void* address, nuint length);
}
